#pragma once
// From scores to probabilities, and back to the gradients of scores: which keys a query sees, softmax with
// its cap, dropout. In an unnamed namespace, as what is compiled for several instruction sets must be.

#include "engine/kernels/attention_loops.h"
#include "engine/kernels/cpu/exponential.h"
#include "engine/kernels/cpu/float_tiles.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace lora {

namespace {

/// The keys that one query, or a block of them, sees: [first, end).
struct Keys {
    std::int64_t first, end;
};

inline Keys keys_of(const AttentionTask& task, std::int64_t query) {
    return {std::max<std::int64_t>(0, query + 1 - task.window),
        task.causal ? query + 1 : std::min(task.tokens, query + task.window)};
}

/// What the queries [begin, begin + rows) see between them, from a whole panel on.
inline Keys keys_of_block(const AttentionTask& task, std::int64_t begin, std::int64_t rows) {
    const std::int64_t first = keys_of(task, begin).first / panel_columns * panel_columns;
    return {first, keys_of(task, begin + rows - 1).end};
}

[[gnu::always_inline]] inline float capped(float score, float cap) {
    return cap * (1.f - 2.f / (1.f + exponential(2.f / cap * score)));
}

// Products of one query with the keys that it sees, less what lies between them.
inline void lean(float* products, std::int64_t query, Keys seen, float slope) {
    if (slope == 0) return;
#pragma omp simd
    for (std::int64_t i = seen.first; i < seen.end; ++i)
        products[i] += slope * static_cast<float>(static_cast<std::int32_t>(i - query));
}

// Softmax of the scores that a row sees, unnormalised; those of the others in [begin, end) become zero. Gives
// Σ and the log-sum-exp.
inline float soften(
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
inline void drop(const AttentionTask& task, std::int64_t line, float* p, Keys keys) {
    const DropoutBits dropout = task.dropout; // not in memory that the stores below might overwrite
    const std::uint32_t bits = row_bits(dropout, static_cast<std::uint32_t>(task.first_line + line));
#pragma omp simd
    for (std::int64_t i = keys.first; i < keys.end; ++i)
        p[i] *= kept_factor(dropout, bits, static_cast<std::uint32_t>(i));
}

// Scores and their gradients of one block of queries and the keys that it sees, keys down: [T, block]. `bits`
// begin the dropout's rows of the queries; the scores are then those that it leaves. `slope`: of the head.
inline void soften_backward(const AttentionTask& task, std::int64_t begin, std::int64_t rows, Keys keys,
    const float* lse, const float* along, const std::uint32_t* bits, float* scores, float* gradients,
    std::int64_t query_block, float slope) {
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
        if (slope != 0) {
#pragma omp simd
            for (std::int64_t i = first; i < end; ++i)
                p[i] += slope * static_cast<float>(static_cast<std::int32_t>(key - begin - i));
        }
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

} // namespace

} // namespace lora
