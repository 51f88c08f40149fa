// Packed attention against plain operators in float64, each sample for itself: as models call it, and by the
// loops of every instruction set that this processor has.
#include "engine/kernels/attention.h"
#include "engine/kernels/attention_loops.h"
#include "engine/machine/processor.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

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
        at::Tensor scores = q.matmul(k.transpose(1, 2)) * shape.score_scale();
        if (shape.softcap > 0) scores = (scores / shape.softcap).tanh() * shape.softcap;
        if (!shape.slopes.empty()) {
            const at::Tensor places = at::arange(length, at::kDouble);
            const at::Tensor slopes = at::tensor(at::ArrayRef<float>(shape.slopes)).to(at::kDouble);
            scores = scores + slopes.view({H, 1, 1}) * (places.unsqueeze(0) - places.unsqueeze(1));
        }
        const at::Tensor all = at::ones({length, length}, at::kBool);
        at::Tensor hidden = at::zeros_like(all);
        if (shape.window > 0) hidden = all.tril(-shape.window).logical_or(all.triu(shape.window));
        if (shape.causal) hidden = hidden.logical_or(all.triu(1));
        scores = scores.masked_fill(hidden, -std::numeric_limits<double>::infinity());
        const at::Tensor p = at::softmax(scores, -1) * mask_of(shape, row, length, qkv.size(0));
        samples.push_back(p.matmul(v).transpose(0, 1).reshape({length, H * E}));
        row += length;
    }
    return at::cat(samples);
}

/// The loops of one element type that can run here and know this shape, by name.
template <class T>
std::vector<std::pair<const char*, const AttentionLoops<T>*>> tables(const AttentionShape& shape);

bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

template <>
std::vector<std::pair<const char*, const AttentionLoops<float>*>> tables<float>(const AttentionShape&) {
    std::vector<std::pair<const char*, const AttentionLoops<float>*>> all{
        {"plain", &float_attention_plain()}};
    if (has_avx2()) all.emplace_back("avx2", &float_attention_avx2());
    if (has_avx512()) all.emplace_back("avx512", &float_attention_avx512());
    return all;
}

template <>
std::vector<std::pair<const char*, const AttentionLoops<BFloat16>*>> tables<BFloat16>(
    const AttentionShape& shape) {
    std::vector<std::pair<const char*, const AttentionLoops<BFloat16>*>> all{
        {"plain", &bfloat16_attention_plain()}};
    if (has_avx2()) all.emplace_back("avx2", &bfloat16_attention_avx2());
    if (has_avx512()) all.emplace_back("avx512", &bfloat16_attention_avx512());
    const bool two_sided = !shape.causal && shape.window > 0;
    const bool known =
        shape.head_size % 2 == 0 && shape.dropout.threshold == 0 && shape.softcap == 0 && !two_sided;
    if (has_avx512_bf16() && known) all.emplace_back("avx512 bf16", &bfloat16_attention_avx512_bf16());
    return all;
}

struct Results {
    at::Tensor y, d_qkv;
};

/// Forward and backward of all samples by these loops, one key/value head after the other.
template <class T>
Results by_loops(const AttentionLoops<T>& loops, const at::Tensor& qkv, const at::Tensor& dy,
    const AttentionShape& shape) {
    const std::int64_t rows = qkv.size(0), E = shape.head_size, group = shape.heads / shape.kv_heads;
    Results results{at::empty_like(dy), at::empty_like(qkv)};
    const at::Tensor lse = at::empty({shape.heads, rows}, at::kFloat);
    const auto at_row = [](const at::Tensor& tensor, std::int64_t row, std::int64_t column) {
        return static_cast<T*>(tensor.data_ptr()) + row * tensor.size(1) + column;
    };
    std::int64_t row = 0;
    for (const std::int64_t length : shape.lengths) {
        for (std::int64_t head = 0; head < shape.kv_heads; ++head) {
            const AttentionTask task{.tokens = length,
                .head_size = E,
                .group = group,
                .qkv_stride = shape.width(),
                .y_stride = shape.heads * E,
                .lse_stride = rows,
                .scale = static_cast<float>(shape.score_scale()),
                .softcap = static_cast<float>(shape.softcap),
                .window = shape.window > 0 ? shape.window : length,
                .causal = shape.causal,
                .dropout = shape.dropout,
                .first_line = head * group * rows + row,
                .slopes = shape.slopes.empty() ? nullptr : shape.slopes.data() + head * group};
            const std::int64_t q = head * group * E, k = (shape.heads + head) * E;
            const std::int64_t v = (shape.heads + shape.kv_heads + head) * E;
            float* const sums = lse.mutable_data_ptr<float>() + head * group * rows + row;
            std::int64_t size = std::max(loops.scratch_size(task, false), loops.scratch_size(task, true));
            const at::Tensor scratch = at::empty({size}, at::kFloat);
            loops.forward(task, at_row(qkv, row, q), at_row(qkv, row, k), at_row(qkv, row, v),
                at_row(results.y, row, q), sums, scratch.mutable_data_ptr<float>());
            loops.backward(task, at_row(qkv, row, q), at_row(qkv, row, k), at_row(qkv, row, v),
                at_row(results.y, row, q), sums, at_row(dy, row, q), at_row(results.d_qkv, row, q),
                at_row(results.d_qkv, row, k), at_row(results.d_qkv, row, v),
                scratch.mutable_data_ptr<float>());
        }
        row += length;
    }
    return results;
}

double difference(const at::Tensor& found, const at::Tensor& expected) {
    const at::Tensor size = expected.abs().clamp_min(1); // what is large is rounded by more
    return ((found.to(at::kDouble) - expected).abs() / size).max().item<double>();
}

} // namespace

class AttentionTest : public QObject {
    Q_OBJECT

    /// float32 sums; for bfloat16 the rounding of y, which the backward reads, and of the results.
    static double tolerance(at::ScalarType type) { return type == at::kFloat ? 1e-5 : 4e-2; }

    template <class T>
    static void check_loops(
        const AttentionShape& shape, const at::Tensor& qkv, const at::Tensor& dy, const Results& expected) {
        for (const auto& [name, loops] : tables<T>(shape)) {
            const Results found = by_loops<T>(*loops, qkv, dy, shape);
            QVERIFY2(difference(found.y, expected.y) <= tolerance(qkv.scalar_type()), name);
            QVERIFY2(difference(found.d_qkv, expected.d_qkv) <= tolerance(qkv.scalar_type()), name);
        }
    }

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
        row("a window within one block of queries", {4, 2, 24, {5, 100, 3}, true, {}, {}, 0, 0, 0, 7});
        row("a window over several blocks", {2, 1, 64, {300, 130}, true, {}, {}, 0, 0, 0, 100});
        row("a window on both sides", {4, 2, 24, {5, 100, 3}, false, {}, {}, 0, 0, 0, 7});
        row("a window on both sides over several blocks",
            {2, 1, 64, {300, 130}, false, {}, {}, 0, 0, 0, 100});
        row("a window of one key", {2, 2, 8, {70}, true, {}, {}, 0, 0, 0, 1});
        row("a window as long as the sample", {2, 2, 8, {70}, true, {}, {}, 0, 0, 0, 70});
        row("a scale of its own", {2, 2, 16, {50, 3}, true, {}, {}, 0, 0.1});
        row("capped scores", {4, 2, 32, {5, 100}, true, {}, {}, 0, 1.5, 2});
        row("capped scores, a window", {2, 1, 32, {5, 200}, true, {}, {}, 0, 0.5, 3, 90});
        const std::vector<float> slopes{0.25F, 0.0625F, 0.5F, 0.125F};
        row("slopes", {4, 2, 32, {5, 100, 1}, true, {}, {}, 0, 0, 0, 0, slopes});
        row("slopes, a scale and a window over several blocks",
            {4, 4, 64, {300, 70}, true, {}, {}, 0, 0.1, 0, 100, slopes});
        row("slopes, a tenth dropped",
            {4, 4, 16, {70, 33}, true, {}, {99, 429496730, 1 / 0.9F}, 0, 0, 0, 0, slopes});
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
            QVERIFY(difference(result.y, expected.detach()) <= tolerance(type));
            QVERIFY(difference(d_qkv, gradient) <= tolerance(type));
            if (type == at::kFloat)
                check_loops<float>(shape, qkv, dy, {expected.detach(), gradient});
            else
                check_loops<BFloat16>(shape, qkv, dy, {expected.detach(), gradient});
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
