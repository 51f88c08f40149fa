#pragma once
// Attention of one sample and one key/value head with its group of query heads, in float32 registers and
// caches, for attention.h. Compiled once for each instruction set.

#include "engine/kernels/bfloat16.h"
#include "engine/kernels/dropout_bits.h"

#include <cstdint>

namespace lora {

/// Rows of one sample inside the packed buffers.
struct AttentionTask {
    std::int64_t tokens = 0;     ///< T
    std::int64_t head_size = 0;  ///< E
    std::int64_t group = 1;      ///< query heads that share the key/value head
    std::int64_t qkv_stride = 0; ///< elements from one row of q, k and v to the next
    std::int64_t y_stride = 0;   ///< the same of y
    std::int64_t lse_stride = 0; ///< from one head's log-sum-exps to the next one's
    float scale = 1;             ///< of the scores
    float softcap = 0;           ///< scaled scores become c · tanh(score / c); 0: they do not
    std::int64_t window = 0;     ///< keys that a query sees on one side, itself too; T: all
    bool causal = true;
    DropoutBits dropout = {};
    std::int64_t first_line = 0; ///< the dropout's row of the first head's first query
    /// Of the group's heads: what scaled scores lose with every place between a query and its key; null:
    /// nothing.
    const float* slopes = nullptr;

    /// The same of the products that are scores before the scale.
    float slope_of(std::int64_t head) const { return slopes ? slopes[head] / scale : 0; }
};

template <class T>
struct AttentionLoops {
    /// float32 values of scratch that a task needs.
    std::int64_t (*scratch_size)(const AttentionTask& task, bool backward);
    /// q, k, v, y point at the sample's first row and the first head. lse [group, T] for the backward.
    void (*forward)(
        const AttentionTask& task, const T* q, const T* k, const T* v, T* y, float* lse, float* scratch);
    void (*backward)(const AttentionTask& task, const T* q, const T* k, const T* v, const T* y,
        const float* lse, const T* dy, T* dq, T* dk, T* dv, float* scratch);
};

const AttentionLoops<float>& float_attention_plain();
const AttentionLoops<float>& float_attention_avx2();
const AttentionLoops<float>& float_attention_avx512();
const AttentionLoops<BFloat16>& bfloat16_attention_plain();
const AttentionLoops<BFloat16>& bfloat16_attention_avx2();
const AttentionLoops<BFloat16>& bfloat16_attention_avx512();
/// With bfloat16's dot product; for even head sizes, without dropout, softcap and windows on both sides.
const AttentionLoops<BFloat16>& bfloat16_attention_avx512_bf16();

} // namespace lora
