// Scores, softmax and products tile by tile: a block of queries against all keys it may see, so that nothing
// of size T × T is ever in memory. Source of the backward: Dao et al. 2022 (FlashAttention), with rows of
// scores whole, which a CPU's caches hold.

#include "engine/kernels/attention_loops.h"

#include "engine/kernels/cpu/exponential.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)

namespace lora {

namespace {

constexpr std::int64_t vector_bytes = LORA_VECTOR_BYTES;
constexpr std::int64_t lanes = vector_bytes / 4;
constexpr std::int64_t panel_columns = 2 * lanes; // two registers of sums for each of the panel's rows
constexpr std::int64_t panel_rows = vector_bytes == 64 ? 12 : 6;
constexpr std::int64_t most_queries = 64; // a block's

typedef float Vector __attribute__((vector_size(LORA_VECTOR_BYTES), aligned(4), may_alias));

std::int64_t padded(std::int64_t size) { return (size + panel_columns - 1) / panel_columns * panel_columns; }

// C [rows, 2·lanes] = or += A [rows, depth] · B [depth, 2·lanes]
template <int rows>
[[gnu::always_inline]] inline void panel(std::int64_t depth, const float* a, std::int64_t lda, const float* b,
    std::int64_t ldb, float* c, std::int64_t ldc, bool add) {
    Vector left[rows], right[rows];
    for (int i = 0; i < rows; ++i) {
        left[i] = add ? *reinterpret_cast<const Vector*>(c + i * ldc) : Vector{};
        right[i] = add ? *reinterpret_cast<const Vector*>(c + i * ldc + lanes) : Vector{};
    }
    for (std::int64_t k = 0; k < depth; ++k) {
        const Vector b0 = *reinterpret_cast<const Vector*>(b + k * ldb);
        const Vector b1 = *reinterpret_cast<const Vector*>(b + k * ldb + lanes);
        for (int i = 0; i < rows; ++i) {
            const float value = a[i * lda + k];
            left[i] += value * b0;
            right[i] += value * b1;
        }
    }
    for (int i = 0; i < rows; ++i) {
        *reinterpret_cast<Vector*>(c + i * ldc) = left[i];
        *reinterpret_cast<Vector*>(c + i * ldc + lanes) = right[i];
    }
}

// C [m, n] = or += A [m, depth] · B [depth, n]; n is a multiple of panel_columns.
void multiply(std::int64_t m, std::int64_t n, std::int64_t depth, const float* a, std::int64_t lda,
    const float* b, std::int64_t ldb, float* c, std::int64_t ldc, bool add) {
    for (std::int64_t column = 0; column < n; column += panel_columns) {
        std::int64_t row = 0;
        for (; row + panel_rows <= m; row += panel_rows)
            panel<panel_rows>(depth, a + row * lda, lda, b + column, ldb, c + row * ldc + column, ldc, add);
        for (; row + 4 <= m; row += 4)
            panel<4>(depth, a + row * lda, lda, b + column, ldb, c + row * ldc + column, ldc, add);
        for (; row < m; ++row)
            panel<1>(depth, a + row * lda, lda, b + column, ldb, c + row * ldc + column, ldc, add);
    }
}

// [rows, width] to float32 [rows, ld], the rest of each row zero.
template <class T>
void widen(
    const T* from, std::int64_t stride, float* to, std::int64_t ld, std::int64_t rows, std::int64_t width) {
    for (std::int64_t row = 0; row < rows; ++row, from += stride, to += ld) {
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) to[i] = to_float(from[i]);
        for (std::int64_t i = width; i < ld; ++i) to[i] = 0;
    }
}

// float32 [rows, ld] as [width, ld_transposed], columns beyond `rows` zero.
void transpose(const float* from, std::int64_t ld, float* to, std::int64_t ld_transposed, std::int64_t rows,
    std::int64_t width) {
    for (std::int64_t i = 0; i < width; ++i) {
        float* line = to + i * ld_transposed;
        for (std::int64_t row = 0; row < rows; ++row) line[row] = from[row * ld + i];
        for (std::int64_t row = rows; row < ld_transposed; ++row) line[row] = 0;
    }
}

template <class T>
void narrow(const float* from, std::int64_t ld, T* to, std::int64_t stride, std::int64_t rows,
    std::int64_t width, float factor) {
    for (std::int64_t row = 0; row < rows; ++row, from += ld, to += stride)
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) to[i] = from_float<T>(from[i] * factor);
}

/// The keys that one query, or a block of them, sees: [first, end).
struct Keys {
    std::int64_t first, end;
};

Keys keys_of(const AttentionTask& task, std::int64_t query) {
    return {std::max<std::int64_t>(0, query + 1 - task.window),
        task.causal ? query + 1 : std::min(task.tokens, query + task.window)};
}

/// What the queries [begin, begin + rows) see between them, from a whole panel on.
Keys keys_of_block(const AttentionTask& task, std::int64_t begin, std::int64_t rows) {
    const std::int64_t first = keys_of(task, begin).first / panel_columns * panel_columns;
    return {first, keys_of(task, begin + rows - 1).end};
}

[[gnu::always_inline]] inline float capped(float score, float cap) {
    return cap * (1.f - 2.f / (1.f + exponential(2.f / cap * score)));
}

// Softmax of the scores that a row sees, unnormalised; those of the others in [begin, end) become zero. Gives
// Σ and the log-sum-exp.
float soften(
    float* scores, Keys seen, std::int64_t begin, std::int64_t end, float scale, float softcap, float& lse) {
    if (softcap > 0) {
#pragma omp simd
        for (std::int64_t i = seen.first; i < seen.end; ++i) scores[i] = capped(scores[i] * scale, softcap);
        scale = 1;
    }
    float highest = scores[seen.first];
#pragma omp simd reduction(max : highest)
    for (std::int64_t i = seen.first; i < seen.end; ++i) highest = scores[i] > highest ? scores[i] : highest;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = seen.first; i < seen.end; ++i) {
        scores[i] = exponential((scores[i] - highest) * scale);
        sum += scores[i];
    }
    for (std::int64_t i = begin; i < seen.first; ++i) scores[i] = 0;
    for (std::int64_t i = seen.end; i < end; ++i) scores[i] = 0;
    lse = highest * scale + std::log(sum);
    return sum;
}

// A row's probabilities with those that the dropout takes zero and the others scaled.
void drop(const AttentionTask& task, std::int64_t line, float* p, Keys keys) {
    const DropoutBits dropout = task.dropout; // not in memory that the stores below might overwrite
    const std::uint32_t bits = row_bits(dropout, static_cast<std::uint32_t>(task.first_line + line));
#pragma omp simd
    for (std::int64_t i = keys.first; i < keys.end; ++i)
        p[i] *= kept_factor(dropout, bits, static_cast<std::uint32_t>(i));
}

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
                row_sums[row] = soften(scores + row * size.tokens, keys_of(task, begin + row), first, end,
                    task.scale, task.softcap, lse[at]);
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

// Scores and their gradients of one block of queries and the keys that it sees, keys down: [T, block]. `bits`
// begin the dropout's rows of the queries; the scores are then those that it leaves.
void soften_backward(const AttentionTask& task, std::int64_t begin, std::int64_t rows, Keys keys,
    const float* lse, const float* along, const std::uint32_t* bits, float* scores, float* gradients,
    std::int64_t query_block) {
    const DropoutBits dropout = task.dropout;
    const float scale = task.scale, cap = task.softcap;
    for (std::int64_t key = keys.first; key < keys.end; ++key) {
        float* p = scores + key * query_block;
        float* g = gradients + key * query_block;
        // A query sees the keys that its window reaches: up to itself, or on both sides.
        const std::int64_t earliest = task.causal ? key : key + 1 - task.window;
        const std::int64_t first = std::max<std::int64_t>(0, earliest - begin);
        const std::int64_t end = std::min(rows, key + task.window - begin);
        for (std::int64_t i = 0; i < first; ++i) p[i] = g[i] = 0;
        if (dropout.threshold) {
#pragma omp simd
            for (std::int64_t i = first; i < end; ++i) {
                const float whole = exponential(p[i] * scale - lse[i]);
                const float keeps = kept_factor(dropout, bits[i], static_cast<std::uint32_t>(key));
                p[i] = whole * keeps;
                g[i] = whole * (g[i] * keeps - along[i]) * scale;
            }
        } else if (cap > 0) {
#pragma omp simd
            for (std::int64_t i = first; i < end; ++i) {
                const float score = capped(p[i] * scale, cap), share = score / cap;
                p[i] = exponential(score - lse[i]);
                g[i] = p[i] * (g[i] - along[i]) * (1.f - share * share) * scale;
            }
        } else {
#pragma omp simd
            for (std::int64_t i = first; i < end; ++i) {
                p[i] = exponential(p[i] * scale - lse[i]);
                g[i] = p[i] * (g[i] - along[i]) * scale;
            }
        }
        for (std::int64_t i = std::max(first, end); i < query_block; ++i) p[i] = g[i] = 0;
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
            soften_backward(
                task, begin, rows, seen, lse + at_line, along, bits, scores, gradients, query_block);
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
