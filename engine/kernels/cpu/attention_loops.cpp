// Scores, softmax and products tile by tile: a block of queries against all keys it may see, so that nothing
// of size T × T is ever in memory. Source of the backward: Dao et al. 2022 (FlashAttention), with rows of
// scores whole, which a CPU's caches hold.

#include "engine/kernels/attention_loops.h"

#include "engine/kernels/cpu/attention_scores.h"
#include "engine/kernels/cpu/float_tiles.h"

#include <algorithm>
#include <cstdint>

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)

namespace lora {

namespace {

constexpr std::int64_t most_queries = 64; // a block's

struct Sizes {
    std::int64_t head, tokens; // padded
    std::int64_t block;        // queries at once
    explicit Sizes(const AttentionTask& task)
        : head(padded(task.head_size)), tokens(padded(task.tokens)), block(std::min(most_queries, tokens)) {}
};

std::int64_t scratch_size(const AttentionTask& task, bool backward) {
    const Sizes size(task);
    const std::int64_t rows = size.tokens * size.head, block = size.block * size.head;
    if (!backward) return 2 * rows + 2 * block + size.block * size.tokens;
    return 4 * rows + 5 * block + 3 * size.block * size.tokens + size.block;
}

template <class T>
void forward(
    const AttentionTask& task, const T* q, const T* k, const T* v, T* y, float* lse, float* scratch) {
    const Sizes size(task);
    const std::int64_t width = task.head_size, count = task.tokens, query_block = size.block;
    float* transposed_keys = scratch;                          // [E, T]
    float* values = transposed_keys + size.tokens * size.head; // [T, E]
    float* queries = values + size.tokens * size.head;         // [block, E]
    float* sums = queries + query_block * size.head;           // [block, E]
    float* scores = sums + query_block * size.head;            // [block, T]
    widen(k, task.qkv_stride, values, size.head, count, width);
    transpose(values, size.head, transposed_keys, size.tokens, count, width);
    widen(v, task.qkv_stride, values, size.head, count, width);
    for (std::int64_t head = 0; head < task.group; ++head)
        for (std::int64_t begin = 0; begin < count; begin += query_block) {
            const std::int64_t rows = std::min(query_block, count - begin);
            const Keys keys = keys_of_block(task, begin, rows);
            const std::int64_t first = keys.first, seen = keys.end - first, end = padded(keys.end);
            widen(
                q + begin * task.qkv_stride + head * width, task.qkv_stride, queries, size.head, rows, width);
            multiply(rows, end - first, width, queries, size.head, transposed_keys + first, size.tokens,
                scores + first, size.tokens, false);
            float row_sums[most_queries];
            for (std::int64_t row = 0; row < rows; ++row) {
                const std::int64_t at = head * task.lse_stride + begin + row;
                const Keys own = keys_of(task, begin + row);
                lean(scores + row * size.tokens, begin + row, own, task.slope_of(head));
                row_sums[row] =
                    soften(scores + row * size.tokens, own, first, end, task.scale, task.softcap, lse[at]);
                if (task.dropout.threshold) drop(task, at, scores + row * size.tokens, keys);
            }
            multiply(rows, size.head, seen, scores + first, size.tokens, values + first * size.head,
                size.head, sums, size.head, false);
            T* out = y + begin * task.y_stride + head * width;
            for (std::int64_t row = 0; row < rows; ++row)
                narrow(sums + row * size.head, size.head, out + row * task.y_stride, 0, 1, width,
                    1 / row_sums[row]);
        }
}

template <class T>
void backward(const AttentionTask& task, const T* q, const T* k, const T* v, const T* y, const float* lse,
    const T* dy, T* dq, T* dk, T* dv, float* scratch) {
    const Sizes size(task);
    const std::int64_t width = task.head_size, count = task.tokens, query_block = size.block;
    const std::int64_t rows_size = size.tokens * size.head, block_size = query_block * size.head;
    float* keys = scratch;                            // [T, E]
    float* values = keys + rows_size;                 // [T, E]
    float* d_keys = values + rows_size;               // [T, E]
    float* d_values = d_keys + rows_size;             // [T, E]
    float* queries = d_values + rows_size;            // [block, E]
    float* transposed_queries = queries + block_size; // [E, block]
    float* outs = transposed_queries + block_size;    // [block, E]: dy, then dq
    float* transposed_outs = outs + block_size;       // [E, block]
    float* ys = transposed_outs + block_size;         // [block, E]
    float* scores = ys + block_size;                  // [T, block]
    float* gradients = scores + query_block * size.tokens;
    float* transposed_gradients = gradients + query_block * size.tokens; // [block, T]
    float* along = transposed_gradients + query_block * size.tokens;     // [block]
    widen(k, task.qkv_stride, keys, size.head, count, width);
    widen(v, task.qkv_stride, values, size.head, count, width);
    std::fill(d_keys, d_keys + 2 * rows_size, 0.f);
    for (std::int64_t head = 0; head < task.group; ++head)
        for (std::int64_t begin = 0; begin < count; begin += query_block) {
            const std::int64_t rows = std::min(query_block, count - begin);
            const Keys seen = keys_of_block(task, begin, rows);
            const std::int64_t first = seen.first, some = seen.end - first;
            const std::int64_t at_qkv = begin * task.qkv_stride + head * width;
            const std::int64_t at_y = begin * task.y_stride + head * width;
            widen(q + at_qkv, task.qkv_stride, queries, size.head, rows, width);
            widen(dy + at_y, task.y_stride, outs, size.head, rows, width);
            widen(y + at_y, task.y_stride, ys, size.head, rows, width);
            transpose(queries, size.head, transposed_queries, query_block, rows, width);
            transpose(outs, size.head, transposed_outs, query_block, rows, width);
            for (std::int64_t row = 0; row < rows; ++row) {
                float sum = 0;
#pragma omp simd reduction(+ : sum)
                for (std::int64_t i = 0; i < width; ++i)
                    sum += outs[row * size.head + i] * ys[row * size.head + i];
                along[row] = sum;
            }
            const std::int64_t at_keys = first * size.head, at_scores = first * query_block;
            multiply(some, query_block, width, keys + at_keys, size.head, transposed_queries, query_block,
                scores + at_scores, query_block, false);
            multiply(some, query_block, width, values + at_keys, size.head, transposed_outs, query_block,
                gradients + at_scores, query_block, false);
            const std::int64_t at_line = head * task.lse_stride + begin;
            std::uint32_t bits[most_queries] = {};
            for (std::int64_t row = 0; row < rows && task.dropout.threshold; ++row)
                bits[row] =
                    row_bits(task.dropout, static_cast<std::uint32_t>(task.first_line + at_line + row));
            soften_backward(task, begin, rows, seen, lse + at_line, along, bits, scores, gradients,
                query_block, task.slope_of(head));
            multiply(some, size.head, rows, scores + at_scores, query_block, outs, size.head,
                d_values + at_keys, size.head, true);
            multiply(some, size.head, rows, gradients + at_scores, query_block, queries, size.head,
                d_keys + at_keys, size.head, true);
            transpose(gradients, query_block, transposed_gradients, size.tokens, seen.end, rows);
            multiply(rows, size.head, some, transposed_gradients + first, size.tokens, keys + at_keys,
                size.head, outs, size.head, false);
            narrow(outs, size.head, dq + at_qkv, task.qkv_stride, rows, width, 1.f);
        }
    narrow(d_keys, size.head, dk, task.qkv_stride, count, width, 1.f);
    narrow(d_values, size.head, dv, task.qkv_stride, count, width, 1.f);
}

template <class T>
constexpr AttentionLoops<T> table{scratch_size, forward<T>, backward<T>};

} // namespace

const AttentionLoops<float>& LORA_NAMED(float_attention_, LORA_ISA)() { return table<float>; }
const AttentionLoops<BFloat16>& LORA_NAMED(bfloat16_attention_, LORA_ISA)() { return table<BFloat16>; }

} // namespace lora
