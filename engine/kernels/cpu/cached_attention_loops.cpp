// The loop of cached_attention_loops.h, compiled once for each instruction set (LORA_ISA). Everything but the
// tables is in an unnamed namespace, so that no copy for one processor is ever linked in place of another's.

#include "engine/kernels/cached_attention_loops.h"

#include "engine/kernels/cpu/exponential.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace lora {

namespace {

/// The scores of one query head, their largest. The query is the last token.
template <class T>
float scores_of(const CachedAttentionTask<T>& task, const float* q, float slope, float* scores) {
    float largest = -1e30f;
    for (std::int64_t token = 0; token < task.tokens; ++token) {
        const T* const key = task.keys + token * task.head_size;
        float score = 0;
#pragma omp simd reduction(+ : score)
        for (std::int64_t i = 0; i < task.head_size; ++i) score += q[i] * to_float(key[i]);
        if (task.softcap > 0) score = task.softcap * std::tanh(score / task.softcap);
        score += slope * static_cast<float>(token + 1 - task.tokens);
        scores[token] = score;
        largest = std::max(largest, score);
    }
    return largest;
}

template <class T>
void attend(const CachedAttentionTask<T>& task, float* scratch) {
    float* const scores = scratch;
    float* const q = scores + task.tokens;
    float* const sums = q + task.head_size;
    for (std::int64_t head = 0; head < task.group; ++head) {
        const std::int64_t first = head * task.head_size;
        for (std::int64_t i = 0; i < task.head_size; ++i) {
            q[i] = task.scale * to_float(task.q[first + i]);
            sums[i] = 0;
        }
        const float largest = scores_of(task, q, task.slopes ? task.slopes[head] : 0, scores);
        float total = 0;
#pragma omp simd reduction(+ : total)
        for (std::int64_t token = 0; token < task.tokens; ++token) {
            scores[token] = exponential(scores[token] - largest);
            total += scores[token];
        }
        for (std::int64_t token = 0; token < task.tokens; ++token) {
            const T* const value = task.values + token * task.head_size;
            const float share = scores[token];
#pragma omp simd
            for (std::int64_t i = 0; i < task.head_size; ++i) sums[i] += share * to_float(value[i]);
        }
        for (std::int64_t i = 0; i < task.head_size; ++i) task.y[first + i] = from_float<T>(sums[i] / total);
    }
}

} // namespace

#define LORA_JOIN(a, b) a##b
#define LORA_NAMED(a, b) LORA_JOIN(a, b)
CachedAttention<float> LORA_NAMED(float_cached_attention_, LORA_ISA)() { return attend<float>; }
CachedAttention<BFloat16> LORA_NAMED(bfloat16_cached_attention_, LORA_ISA)() { return attend<BFloat16>; }
#undef LORA_NAMED
#undef LORA_JOIN

} // namespace lora
