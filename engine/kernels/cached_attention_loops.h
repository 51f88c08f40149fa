#pragma once
// One query token's attention to the kept keys and values of one key/value head, for cached_attention.h.
// Compiled once for each instruction set.

#include "engine/kernels/bfloat16.h"

#include <cstdint>

namespace lora {

template <class T>
struct CachedAttentionTask {
    const T* q = nullptr;      ///< [group, E]
    const T* keys = nullptr;   ///< [tokens, E], those that the query sees
    const T* values = nullptr; ///< the same
    T* y = nullptr;            ///< [group, E]
    std::int64_t group = 1;    ///< query heads that share the key/value head
    std::int64_t head_size = 0;
    std::int64_t tokens = 0;
    float scale = 1;
    float softcap = 0;             ///< scaled scores become c · tanh(score / c); 0: they do not
    const float* slopes = nullptr; ///< [group]: what scores lose with every place between; null: nothing
};

/// `scratch`: tokens + 2 · head_size float32.
template <class T>
using CachedAttention = void (*)(const CachedAttentionTask<T>& task, float* scratch);

CachedAttention<float> float_cached_attention_plain();
CachedAttention<float> float_cached_attention_avx2();
CachedAttention<float> float_cached_attention_avx512();
CachedAttention<BFloat16> bfloat16_cached_attention_plain();
CachedAttention<BFloat16> bfloat16_cached_attention_avx2();
CachedAttention<BFloat16> bfloat16_cached_attention_avx512();

} // namespace lora
