#include "engine/kernels/cached_attention.h"

#include "engine/kernels/cached_attention_loops.h"
#include "engine/machine/processor.h"

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

template <class T>
CachedAttention<T> loop();
template <>
CachedAttention<float> loop<float>() {
    return for_processor(
        float_cached_attention_plain, float_cached_attention_avx2, float_cached_attention_avx512)();
}
template <>
CachedAttention<BFloat16> loop<BFloat16>() {
    return for_processor(
        bfloat16_cached_attention_plain, bfloat16_cached_attention_avx2, bfloat16_cached_attention_avx512)();
}

template <class T>
const T* begin_of(const at::Tensor& tensor) {
    return static_cast<const T*>(tensor.const_data_ptr());
}

/// The part of query token `row` of n and key/value head `kv_head`.
template <class T>
CachedAttentionTask<T> task_of(const at::Tensor& qkv, const at::Tensor& keys, const at::Tensor& values,
    const at::Tensor& y, std::int64_t tokens, const AttentionShape& shape, std::int64_t row,
    std::int64_t kv_head) {
    const std::int64_t group = shape.heads / shape.kv_heads, size = shape.head_size;
    const std::int64_t seen = tokens - qkv.size(0) + row + 1;
    const std::int64_t first = shape.window > 0 ? std::max<std::int64_t>(0, seen - shape.window) : 0;
    const std::int64_t kept = kv_head * keys.stride(0) + first * size;
    return {.q = begin_of<T>(qkv) + row * qkv.stride(0) + kv_head * group * size,
        .keys = begin_of<T>(keys) + kept,
        .values = begin_of<T>(values) + kept,
        .y = static_cast<T*>(y.data_ptr()) + (row * shape.heads + kv_head * group) * size,
        .group = group,
        .head_size = size,
        .tokens = seen - first,
        .scale = static_cast<float>(shape.score_scale()),
        .softcap = static_cast<float>(shape.softcap),
        .slopes = shape.slopes.empty() ? nullptr : shape.slopes.data() + kv_head * group};
}

template <class T>
void attend_all(const at::Tensor& qkv, const at::Tensor& keys, const at::Tensor& values, const at::Tensor& y,
    std::int64_t tokens, const AttentionShape& shape) {
    constexpr std::int64_t worth_a_thread = 65536; // products
    const std::int64_t each = std::max<std::int64_t>(1, tokens * shape.head_size * 2);
    at::parallel_for(0, qkv.size(0) * shape.kv_heads, std::max<std::int64_t>(1, worth_a_thread / each),
        [&](std::int64_t begin, std::int64_t end) {
            std::vector<float> scratch(static_cast<std::size_t>(tokens + 2 * shape.head_size));
            for (std::int64_t i = begin; i < end; ++i)
                loop<T>()(
                    task_of<T>(qkv, keys, values, y, tokens, shape, i / shape.kv_heads, i % shape.kv_heads),
                    scratch.data());
        });
}

} // namespace

at::Tensor cached_attention(const at::Tensor& qkv, const at::Tensor& keys, const at::Tensor& values,
    std::int64_t tokens, const AttentionShape& shape) {
    at::Tensor y = at::empty({qkv.size(0), shape.heads * shape.head_size}, qkv.options());
    if (qkv.scalar_type() == at::kFloat)
        attend_all<float>(qkv, keys, values, y, tokens, shape);
    else
        attend_all<BFloat16>(qkv, keys, values, y, tokens, shape);
    return y;
}

} // namespace lora
