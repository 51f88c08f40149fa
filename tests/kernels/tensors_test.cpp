// The functions that models are made of, on the device that LORA_TEST_DEVICE names, against ATen's operators
// in float64 on the CPU.
#include "engine/kernels/attention.h"
#include "engine/kernels/fused.h"
#include "engine/kernels/fused_operators.h"
#include "engine/kernels/product.h"
#include "tests/test_device.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

constexpr std::int64_t rows = 37; // no multiple of what a block takes

at::Tensor there(const at::Tensor& tensor) { return tensor.to(test_device()); }
at::Tensor exact(const at::Tensor& tensor) { return tensor.to(at::kCPU, at::kDouble); }

/// Random values that `type` holds exactly.
at::Tensor random(at::IntArrayRef sizes, at::ScalarType type) { return at::randn(sizes).to(type); }

double difference(const at::Tensor& found, const at::Tensor& expected) {
    const at::Tensor wanted = exact(expected);
    return ((exact(found) - wanted).abs() / wanted.abs().clamp_min(1)).max().item<double>();
}

/// Of values near 1: some roundings of float32 sums, or of bfloat16's 8 bits.
double tolerance(at::ScalarType type) { return type == at::kFloat ? 4e-6 : 8e-3; }

std::int64_t sum_of(const std::vector<std::int64_t>& values) {
    std::int64_t sum = 0;
    for (const std::int64_t value : values) sum += value;
    return sum;
}

/// int32 [B + 1] on the test's device.
at::Tensor starts_of(const std::vector<std::int64_t>& lengths) {
    std::vector<std::int32_t> starts{0};
    for (const std::int64_t length : lengths)
        starts.push_back(starts.back() + static_cast<std::int32_t>(length));
    return there(at::tensor(starts, at::kInt));
}

/// By plain operators: [N, (H + 2K)·E] → [N, H·E].
at::Tensor plain_attention(const at::Tensor& qkv, const AttentionShape& shape) {
    std::vector<at::Tensor> samples;
    const std::int64_t heads = shape.heads, kv_heads = shape.kv_heads, size = shape.head_size;
    std::int64_t row = 0;
    for (const std::int64_t length : shape.lengths) {
        const auto part = [&](std::int64_t first, std::int64_t count) {
            return qkv.narrow(0, row, length)
                .narrow(1, first * size, count * size)
                .view({length, count, size})
                .transpose(0, 1);
        };
        const at::Tensor k = part(heads, kv_heads).repeat_interleave(heads / kv_heads, 0);
        const at::Tensor v = part(heads + kv_heads, kv_heads).repeat_interleave(heads / kv_heads, 0);
        at::Tensor scores = part(0, heads).matmul(k.transpose(1, 2)) / std::sqrt(static_cast<double>(size));
        if (shape.causal)
            scores = scores.masked_fill(
                at::ones({length, length}, at::kBool).triu(1), -std::numeric_limits<double>::infinity());
        samples.push_back(at::softmax(scores, -1).matmul(v).transpose(0, 1).reshape({length, heads * size}));
        row += length;
    }
    return at::cat(samples);
}

} // namespace

class TensorsTest : public QObject {
    Q_OBJECT

    static void by_width_and_type(std::initializer_list<int> widths) {
        QTest::addColumn<int>("width");
        QTest::addColumn<at::ScalarType>("type");
        for (const int width : widths) {
            QTest::addRow("float32, width %d", width) << width << at::kFloat;
            QTest::addRow("bfloat16, width %d", width) << width << at::kBFloat16;
        }
    }

private Q_SLOTS:
    void initTestCase() { SKIP_WITHOUT_TEST_DEVICE(); }
    void init() { at::manual_seed(11); }

    void norm_and_its_backward_data() { by_width_and_type({1, 7, 64, 100, 576, 4096, 8200}); }
    void norm_and_its_backward() {
        QFETCH(int, width);
        QFETCH(at::ScalarType, type);
        const at::Tensor x = random({rows, width}, type), weight = random({width}, type);
        const at::Tensor dy = random({rows, width}, type), residual = random({rows, width}, type);

        const auto [y, inverse] = fused_rms_norm(there(x), there(weight), 1e-5);
        const at::Tensor dx =
            fused_rms_norm_backward(there(residual), there(dy), there(x), there(weight), inverse);

        const auto [expected, expected_inverse] = rms_norm_by_operators(exact(x), exact(weight), 1e-5);
        const at::Tensor gradient = rms_norm_backward_by_operators(
            exact(residual), exact(dy), exact(x), exact(weight), expected_inverse);
        QVERIFY(difference(y, expected) <= tolerance(type));
        QVERIFY(difference(inverse, expected_inverse) <= tolerance(at::kFloat));
        // At width 1 the gradient all but vanishes between two large terms.
        QVERIFY(difference(dx, gradient) <= 20 * tolerance(type));
    }

    void rotary_positions_data() { by_width_and_type({2, 6, 20, 64, 128}); }
    void rotary_positions() {
        QFETCH(int, width);
        QFETCH(at::ScalarType, type);
        const at::Tensor x = random({rows, 5L * width}, type), angles = at::randn({rows, width / 2});
        at::Tensor turned = there(x).clone(), expected = exact(x).clone();

        fused_rotate(turned, there(angles.cos()), there(angles.sin()), 3, width, -1);

        rotate_by_operators(expected, exact(angles.cos()), exact(angles.sin()), 3, width, false, -1);
        QVERIFY(difference(turned, expected) <= tolerance(type));
        const at::Tensor others = turned.narrow(1, 3L * width, 2L * width).cpu();
        QVERIFY(others.equal(x.narrow(1, 3L * width, 2L * width)));
    }

    void swiglu_and_its_backward_data() { by_width_and_type({1, 7, 64, 1536, 8200}); }
    void swiglu_and_its_backward() {
        QFETCH(int, width);
        QFETCH(at::ScalarType, type);
        const at::Tensor gate_up = random({rows, 2L * width}, type) * 4, dy = random({rows, width}, type);
        at::Tensor gradient = there(gate_up).clone(), silent = gradient.clone();
        at::Tensor expected_gradient = exact(gate_up).clone();

        const at::Tensor y = fused_gated(there(gate_up), Activation::Silu);
        const at::Tensor again = fused_gated_backward(gradient, there(dy), Activation::Silu, true);
        fused_gated_backward(silent, there(dy), Activation::Silu, false);

        const at::Tensor expected = gated_by_operators(exact(gate_up), Activation::Silu);
        gated_backward_by_operators(expected_gradient, exact(dy), Activation::Silu, false);
        QVERIFY(difference(y, expected) <= tolerance(type));
        QVERIFY(difference(again, expected) <= tolerance(type));
        QVERIFY(difference(gradient, expected_gradient) <= 4 * tolerance(type));
        QVERIFY(silent.equal(gradient));
    }

    void cross_entropy_in_place_data() { by_width_and_type({1, 7, 100, 4096, 50257}); }
    void cross_entropy_in_place() {
        QFETCH(int, width);
        QFETCH(at::ScalarType, type);
        const at::Tensor logits = random({rows, width}, type) * 10;
        const at::Tensor targets = at::randint(width, {rows}, at::kLong);
        const std::int64_t stride = (width + 39) / 8 * 8;
        at::Tensor found = there(at::zeros({rows, stride}, type)).narrow(1, 0, width);
        found.copy_(logits);
        at::Tensor expected = exact(logits).clone();

        const at::Tensor only_losses = fused_cross_entropy(found, there(targets), false);
        const bool untouched = found.cpu().equal(logits);
        const at::Tensor losses = fused_cross_entropy(found, there(targets), true);

        const at::Tensor expected_losses = cross_entropy_by_operators(expected, targets, true);
        QVERIFY(untouched);
        QVERIFY(only_losses.equal(losses));
        QVERIFY(difference(losses, expected_losses) <= 5e-6);
        QVERIFY(difference(found, expected) <= tolerance(type));
    }

    void a_row_without_a_target_counts_as_nothing() {
        for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
            const at::Tensor logits = random({3, 100}, type);
            at::Tensor found = there(logits).clone(), alone = there(logits.narrow(0, 1, 1)).clone();

            const at::Tensor losses = fused_cross_entropy(found, there(at::tensor({-1L, 7L, -1L})), true);

            const at::Tensor expected = fused_cross_entropy(alone, there(at::tensor({7L})), true);
            QVERIFY(losses.cpu().equal(at::cat({at::zeros({1}), expected.cpu(), at::zeros({1})})));
            const at::Tensor nothing = at::zeros({1, 100}, type);
            QVERIFY(found.cpu().equal(at::cat({nothing, alone.cpu(), nothing})));
            at::Tensor plain = exact(logits).clone();
            const at::Tensor by_operators =
                cross_entropy_by_operators(plain, at::tensor({-1L, 7L, -1L}), true);
            QVERIFY(difference(losses, by_operators) <= 5e-6);
            QVERIFY(difference(found, plain) <= tolerance(type));
        }
    }

    void extreme_logits_stay_finite_and_nan_is_not_hidden() {
        const float none = -std::numeric_limits<float>::infinity(), nan = std::nanf("");
        const at::Tensor target = there(at::tensor({3L}, at::kLong));
        at::Tensor logits = there(at::tensor({1e4F, none, 0.F, 3e4F})).view({1, 4});
        QCOMPARE(fused_cross_entropy(logits, target, true).item<float>(), 0.F);
        QVERIFY(at::isfinite(logits).all().item<bool>());

        logits = there(at::tensor({1.F, nan, 2.F, 0.F})).view({1, 4});
        QVERIFY(std::isnan(fused_cross_entropy(logits, target, true).item<float>()));
    }

    void the_low_rank_part_is_added_to_its_columns_alone_data() { by_width_and_type({1, 7, 64, 200, 576}); }
    void the_low_rank_part_is_added_to_its_columns_alone() {
        QFETCH(int, width);
        QFETCH(at::ScalarType, type);
        for (const std::int64_t rank : {1, 8, 40}) {
            const at::Tensor y = random({rows, width + 24}, type);
            const at::Tensor inner = at::randn({rows, rank + 3}), factor = at::randn({rank, width});
            at::Tensor sum = there(y).clone(), expected = exact(y).clone();

            add_low_rank(sum, 8, there(inner).narrow(1, 2, rank), there(factor), 0.5);

            add_low_rank_by_operators(expected, 8, exact(inner).narrow(1, 2, rank), exact(factor), 0.5);
            QVERIFY(difference(sum, expected) <= tolerance(type));
            QVERIFY(sum.narrow(1, 0, 8).cpu().equal(y.narrow(1, 0, 8)));
            QVERIFY(sum.narrow(1, width + 8, 16).cpu().equal(y.narrow(1, width + 8, 16)));
        }
    }

    void products_with_what_is_added_to_them_data() { by_width_and_type({8, 64, 200, 577}); }
    void products_with_what_is_added_to_them() {
        QFETCH(int, width);
        QFETCH(at::ScalarType, type);
        const std::int64_t depth = 96;
        const at::Tensor x = random({rows, depth}, type), w = (random({width, depth}, type) / 8).to(type);
        const at::Tensor bias = random({width}, type), residual = random({rows, width}, type);
        const at::Tensor inner = at::randn({rows, 5}), factor = at::randn({5, width});
        const ProductEnd end{there(bias), there(residual), {{there(inner), there(factor), 0}}};

        const at::Tensor y = product(there(x), there(w), end);
        const at::Tensor turned = product_transposed(there(residual), there(w));

        const at::Tensor expected =
            exact(x).mm(exact(w).t()) + exact(bias) + exact(residual) + exact(inner).mm(exact(factor));
        // On a GPU, bfloat16 is rounded before the bias and the low-rank part and after each.
        QVERIFY(difference(y, expected) <= 3 * tolerance(type));
        QVERIFY(difference(turned, exact(residual).mm(exact(w))) <= 2 * tolerance(type));
    }

    void products_with_the_updates_keep_their_precision_data() { by_width_and_type({8, 64, 576}); }
    void products_with_the_updates_keep_their_precision() {
        QFETCH(int, width);
        QFETCH(at::ScalarType, type);
        const at::Tensor x = random({rows, width}, type), a = at::randn({6, width}),
                         b = at::randn({width, 6});
        const at::Tensor s = at::randn({rows, 9}).narrow(1, 1, 6);

        const at::Tensor inner = narrow_product(there(x), there(a));
        at::Tensor d_inner = there(at::zeros({rows, b.size(1) + 3})).narrow(1, 2, b.size(1));
        narrow_product_transposed_into(d_inner, there(x), there(b), 0.5);
        const at::Tensor outer = outer_product(there(s), there(x));

        // Errors grow as the root of the terms. A bfloat16 x meets 16 bits of a, far from the 8 that a itself
        // would keep as bfloat16.
        const double most = (type == at::kFloat ? 2e-6 : 5e-5)
                            * std::sqrt(std::max<double>(width, static_cast<double>(rows)));
        QCOMPARE(inner.scalar_type(), at::kFloat);
        QVERIFY(difference(inner, exact(x).mm(exact(a).t())) <= most);
        QVERIFY(difference(d_inner, exact(x).mm(exact(b)) / 2) <= most);
        QVERIFY(difference(outer, exact(s).t().mm(exact(x))) <= most);
    }

    void packed_attention_data() {
        QTest::addColumn<AttentionShape>("shape");
        const auto row = [](const char* name, const AttentionShape& shape) { QTest::newRow(name) << shape; };
        row("one token", {2, 1, 8, {1}});
        row("grouped queries, ragged samples", {9, 3, 64, {3, 70, 1, 64, 65}});
        row("every key seen", {4, 2, 32, {5, 100}, false});
        row("several blocks of queries", {2, 2, 16, {300}});
        row("a wide head", {2, 1, 128, {101, 7}});
    }
    void packed_attention() {
        QFETCH(AttentionShape, shape);
        shape.starts = starts_of(shape.lengths);
        shape.longest = sum_of(shape.lengths); // more than any of several has
        for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
            const std::int64_t tokens = sum_of(shape.lengths);
            const at::Tensor qkv = random({tokens, shape.width()}, type);
            const at::Tensor dy = random({tokens, shape.heads * shape.head_size}, type);
            QVERIFY(has_packed_attention(there(qkv), shape));

            const AttentionResult result = lora::packed_attention(there(qkv), shape);
            const at::Tensor d_qkv = packed_attention_backward(there(qkv), result, there(dy), shape);

            const at::Tensor leaf = exact(qkv).requires_grad_();
            const at::Tensor expected = plain_attention(leaf, shape);
            const at::Tensor gradient = torch::autograd::grad({expected}, {leaf}, {exact(dy)})[0];
            // float32 sums; for bfloat16 the rounding of y, which the backward reads, and of the results.
            const double most = type == at::kFloat ? 2e-5 : 4e-2;
            QVERIFY(difference(result.y, expected.detach()) <= most);
            QVERIFY(difference(d_qkv, gradient) <= most);
        }
    }
};

QTEST_GUILESS_MAIN(TensorsTest)
#include "tensors_test.moc"
