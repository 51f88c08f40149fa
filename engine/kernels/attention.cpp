#include "engine/kernels/attention.h"

#include "engine/kernels/attention_gpu.h"
#include "engine/kernels/attention_loops.h"
#include "engine/kernels/elements.h"
#include "engine/machine/processor.h"

#include <atomic>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

template <class T>
const AttentionLoops<T>& loops(const AttentionShape& shape);

template <>
const AttentionLoops<float>& loops<float>(const AttentionShape& /*shape*/) {
    return for_processor(float_attention_plain, float_attention_avx2, float_attention_avx512)();
}

template <>
const AttentionLoops<BFloat16>& loops<BFloat16>([[maybe_unused]] const AttentionShape& shape) {
#if defined(__x86_64__)
    const bool two_sided = !shape.causal && shape.window > 0;
    const bool plain = shape.dropout.threshold == 0 && shape.softcap == 0 && !two_sided;
    if (has_avx512_bf16() && shape.head_size % 2 == 0 && plain) return bfloat16_attention_avx512_bf16();
#endif
    return for_processor(bfloat16_attention_plain, bfloat16_attention_avx2, bfloat16_attention_avx512)();
}

/// A sample's part for one key/value head.
struct Piece {
    std::int64_t row = 0; ///< the sample's first
    std::int64_t tokens = 0;
    std::int64_t kv_head = 0;
};

std::vector<Piece> pieces_of(const AttentionShape& shape) {
    std::vector<Piece> pieces;
    std::int64_t row = 0;
    for (const std::int64_t length : shape.lengths) {
        for (std::int64_t head = 0; head < shape.kv_heads; ++head) pieces.push_back({row, length, head});
        row += length;
    }
    return pieces;
}

AttentionTask task_of(const AttentionShape& shape, const Piece& piece, std::int64_t rows) {
    return {.tokens = piece.tokens,
        .head_size = shape.head_size,
        .group = shape.heads / shape.kv_heads,
        .qkv_stride = shape.width(),
        .y_stride = shape.heads * shape.head_size,
        .lse_stride = rows,
        .scale = static_cast<float>(shape.score_scale()),
        .softcap = static_cast<float>(shape.softcap),
        .window = shape.window > 0 ? shape.window : piece.tokens,
        .causal = shape.causal,
        .dropout = shape.dropout,
        .first_line = piece.kv_head * (shape.heads / shape.kv_heads) * rows + piece.row,
        .slopes = shape.slopes.empty()
                      ? nullptr
                      : shape.slopes.data() + piece.kv_head * (shape.heads / shape.kv_heads)};
}

/// Calls work(task, piece, scratch) for every piece; threads take the next one as they get free.
template <class Work>
void share_out(const AttentionShape& shape, std::int64_t rows, bool backward,
    std::int64_t (*scratch_size)(const AttentionTask&, bool), const Work& work) {
    const std::vector<Piece> pieces = pieces_of(shape);
    std::int64_t scratch = 0;
    for (const Piece& piece : pieces)
        scratch = std::max(scratch, scratch_size(task_of(shape, piece, rows), backward));
    constexpr std::int64_t alignment = 16; // float32 values, as the buffer itself is aligned
    scratch = (scratch + alignment - 1) / alignment * alignment;
    const std::int64_t threads =
        std::min<std::int64_t>(at::get_num_threads(), static_cast<std::int64_t>(pieces.size()));
    const at::Tensor buffer = at::empty({threads, scratch}, at::kFloat);
    float* const buffers = buffer.mutable_data_ptr<float>();
    std::atomic<std::size_t> next = 0;
    at::parallel_for(0, threads, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t thread = begin; thread < end; ++thread)
            for (std::size_t i = next++; i < pieces.size(); i = next++)
                work(task_of(shape, pieces[i], rows), pieces[i], buffers + thread * scratch);
    });
}

/// Where a piece's q, k and v begin in the rows of qkv.
struct Offsets {
    std::int64_t q, k, v, y, lse;
    Offsets(const AttentionShape& shape, const Piece& piece, std::int64_t rows) {
        const std::int64_t group = shape.heads / shape.kv_heads;
        const std::int64_t row = piece.row * shape.width();
        const std::int64_t first_head = piece.kv_head * group;
        q = row + first_head * shape.head_size;
        k = row + (shape.heads + piece.kv_head) * shape.head_size;
        v = row + (shape.heads + shape.kv_heads + piece.kv_head) * shape.head_size;
        y = (piece.row * shape.heads + first_head) * shape.head_size;
        lse = first_head * rows + piece.row;
    }
};

template <class T>
void forward(const at::Tensor& qkv, const AttentionShape& shape, const AttentionResult& result) {
    const std::int64_t rows = qkv.size(0);
    const T* const in = elements<T>(qkv);
    T* const y = elements<T>(result.y);
    float* const lse = elements<float>(result.lse);
    const AttentionLoops<T>& kernels = loops<T>(shape);
    share_out(shape, rows, false, kernels.scratch_size,
        [&](const AttentionTask& task, const Piece& piece, float* scratch) {
            const Offsets at(shape, piece, rows);
            kernels.forward(task, in + at.q, in + at.k, in + at.v, y + at.y, lse + at.lse, scratch);
        });
}

template <class T>
void backward(const at::Tensor& qkv, const AttentionResult& result, const at::Tensor& dy,
    const AttentionShape& shape, const at::Tensor& d_qkv) {
    const std::int64_t rows = qkv.size(0);
    const T* const in = elements<T>(qkv);
    T* const out = elements<T>(d_qkv);
    const AttentionLoops<T>& kernels = loops<T>(shape);
    share_out(shape, rows, true, kernels.scratch_size,
        [&](const AttentionTask& task, const Piece& piece, float* scratch) {
            const Offsets at(shape, piece, rows);
            kernels.backward(task, in + at.q, in + at.k, in + at.v, elements<T>(result.y) + at.y,
                elements<float>(result.lse) + at.lse, elements<T>(dy) + at.y, out + at.q, out + at.k,
                out + at.v, scratch);
        });
}

} // namespace

double AttentionShape::score_scale() const {
    return scale > 0 ? scale : 1 / std::sqrt(static_cast<double>(head_size));
}

bool has_packed_attention(const at::Tensor& like, const AttentionShape& shape) {
    if (like.scalar_type() != at::kFloat && like.scalar_type() != at::kBFloat16) return false;
    if (shape.softcap > 0 && shape.dropout.threshold != 0) return false;
    if (!shape.slopes.empty() && (shape.softcap > 0 || !shape.causal)) return false;
    return like.is_cpu() || (like.is_cuda() && gpu_has_packed_attention(like, shape));
}

AttentionResult packed_attention(const at::Tensor& qkv, const AttentionShape& shape) {
    if (!qkv.is_cpu()) return gpu_packed_attention(qkv, shape);
    const std::int64_t rows = qkv.size(0);
    AttentionResult result{at::empty({rows, shape.heads * shape.head_size}, qkv.options()),
        at::empty({shape.heads, rows}, qkv.options().dtype(at::kFloat))};
    if (qkv.scalar_type() == at::kFloat)
        forward<float>(qkv, shape, result);
    else
        forward<BFloat16>(qkv, shape, result);
    return result;
}

at::Tensor packed_attention_backward(
    const at::Tensor& qkv, const AttentionResult& result, const at::Tensor& dy, const AttentionShape& shape) {
    if (!qkv.is_cpu()) return gpu_packed_attention_backward(qkv, result, dy, shape);
    at::Tensor d_qkv = at::empty_like(qkv);
    if (qkv.scalar_type() == at::kFloat)
        backward<float>(qkv, result, dy, shape, d_qkv);
    else
        backward<BFloat16>(qkv, result, dy, shape, d_qkv);
    return d_qkv;
}

} // namespace lora
