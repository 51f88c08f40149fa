// Packed attention against scaled_dot_product_attention in float64, each sample for itself.
#include "engine/kernels/attention.h"

#include <QTest>
#include <cmath>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

using namespace lora;

namespace {

/// What the dropout leaves of a sample's probabilities, [H, T, T].
at::Tensor mask_of(const AttentionShape& shape, std::int64_t first, std::int64_t length, std::int64_t rows) {
    at::Tensor mask = at::ones({shape.heads, length, length}, at::kDouble);
    if (shape.dropout.threshold == 0) return mask;
    double* value = mask.mutable_data_ptr<double>();
    for (std::int64_t head = 0; head < shape.heads; ++head)
        for (std::int64_t t = 0; t < length; ++t) {
            const auto line = static_cast<std::uint32_t>(head * rows + first + t);
            for (std::int64_t key = 0; key < length; ++key)
                *value++ = kept_factor(
                    shape.dropout, row_bits(shape.dropout, line), static_cast<std::uint32_t>(key));
        }
    return mask;
}

/// The same by plain operators: [N, (H + 2K)·E] → [N, H·E].
at::Tensor plain_attention(const at::Tensor& qkv, const AttentionShape& shape) {
    std::vector<at::Tensor> samples;
    const std::int64_t H = shape.heads, K = shape.kv_heads, E = shape.head_size;
    std::int64_t row = 0;
    for (const std::int64_t length : shape.lengths) {
        const at::Tensor rows = qkv.narrow(0, row, length);
        const auto heads = [&](std::int64_t first, std::int64_t count) {
            return rows.narrow(1, first * E, count * E).view({length, count, E}).transpose(0, 1);
        };
        const at::Tensor q = heads(0, H);
        const at::Tensor k = heads(H, K).repeat_interleave(H / K, 0);
        const at::Tensor v = heads(H + K, K).repeat_interleave(H / K, 0);
        at::Tensor scores = q.matmul(k.transpose(1, 2)) / std::sqrt(static_cast<double>(E));
        if (shape.causal) {
            const at::Tensor hidden = at::ones({length, length}, at::kBool).triu(1);
            scores = scores.masked_fill(hidden, -std::numeric_limits<double>::infinity());
        }
        const at::Tensor p = at::softmax(scores, -1) * mask_of(shape, row, length, qkv.size(0));
        samples.push_back(p.matmul(v).transpose(0, 1).reshape({length, H * E}));
        row += length;
    }
    return at::cat(samples);
}

double difference(const at::Tensor& found, const at::Tensor& expected) {
    return (found.to(at::kDouble) - expected).abs().max().item<double>();
}

} // namespace

class AttentionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { at::manual_seed(5); }

    void it_equals_plain_attention_data() {
        QTest::addColumn<AttentionShape>("shape");
        const auto row = [](const char* name, const AttentionShape& shape) { QTest::newRow(name) << shape; };
        row("one token", {2, 1, 8, {1}});
        row("grouped queries, ragged samples", {9, 3, 64, {3, 70, 1, 64, 65}});
        row("a head size that fills no register", {4, 4, 20, {17, 130}});
        row("every key seen", {4, 2, 32, {5, 100}, false});
        row("a tenth dropped", {4, 2, 32, {5, 100, 1}, false, {}, {99, 429496730, 1 / 0.9F}});
        row("a half dropped, causal", {2, 1, 16, {70, 33}, true, {}, {5, 1U << 31, 2}});
        row("several blocks of queries", {2, 2, 16, {300}});
        row("blocks that end with a sample", {2, 1, 64, {48, 96, 49, 95}});
        row("an odd head size", {2, 2, 7, {50, 3}});
        row("a head wider than a panel, every key seen", {2, 1, 128, {101}, false});
    }
    void it_equals_plain_attention() {
        QFETCH(AttentionShape, shape);
        std::int64_t tokens = 0;
        for (const std::int64_t length : shape.lengths) tokens += length;
        for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
            const at::Tensor qkv = at::randn({tokens, shape.width()}).to(type);
            const at::Tensor dy = at::randn({tokens, shape.heads * shape.head_size}).to(type);

            const AttentionResult result = packed_attention(qkv, shape);
            const at::Tensor d_qkv = packed_attention_backward(qkv, result, dy, shape);

            const at::Tensor leaf = qkv.to(at::kDouble).requires_grad_();
            const at::Tensor expected = plain_attention(leaf, shape);
            const at::Tensor gradient = torch::autograd::grad({expected}, {leaf}, {dy.to(at::kDouble)})[0];
            // float32 sums; for bfloat16 the rounding of y, which the backward reads, and of the results.
            const double tolerance = type == at::kFloat ? 1e-5 : 4e-2;
            QVERIFY(difference(result.y, expected.detach()) <= tolerance);
            QVERIFY(difference(d_qkv, gradient) <= tolerance);
        }
    }

    void no_sample_sees_another() {
        const AttentionShape both{2, 1, 16, {40, 30}}, second{2, 1, 16, {30}};
        const at::Tensor qkv = at::randn({70, both.width()});

        const at::Tensor together = packed_attention(qkv, both).y.narrow(0, 40, 30);
        const at::Tensor alone = packed_attention(qkv.narrow(0, 40, 30).contiguous(), second).y;

        QVERIFY(together.equal(alone));
    }
};

QTEST_GUILESS_MAIN(AttentionTest)
#include "attention_test.moc"
