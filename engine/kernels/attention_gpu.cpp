#include "engine/kernels/attention_gpu.h"

#include <ATen/ATen.h>
#include <ATen/SDPBackend.h>
#include <ATen/ops/_efficient_attention_backward.h>
#include <ATen/ops/_efficient_attention_forward.h>
#include <ATen/ops/_flash_attention_backward.h>
#include <ATen/ops/_flash_attention_forward.h>
#include <ATen/ops/_fused_sdp_choice.h>
#include <torch/headeronly/version.h>

// Arguments and results of these functions change without notice; what is here was read in 2.11 and in 2.13.
#if TORCH_VERSION_MAJOR != 2 || TORCH_VERSION_MINOR < 11 || TORCH_VERSION_MINOR > 13
#error                                                                                                       \
    "read ATen's _flash_attention_* and _efficient_attention_* of this LibTorch, then let its version in here"
#endif

namespace lora {

namespace {

/// Views of the rows: q [N, H, E], k and v [N, K, E].
struct Heads {
    at::Tensor q, k, v;
};

Heads heads_of(const at::Tensor& qkv, const AttentionShape& shape) {
    const at::Tensor all = qkv.view({qkv.size(0), shape.heads + 2 * shape.kv_heads, shape.head_size});
    return {all.narrow(1, 0, shape.heads), all.narrow(1, shape.heads, shape.kv_heads),
        all.narrow(1, shape.heads + shape.kv_heads, shape.kv_heads)};
}

/// The memory-efficient kernel wants one batch, and a key and value for each query: [1, N, H, E].
Heads repeated(const Heads& heads) {
    const std::int64_t rows = heads.q.size(0), count = heads.q.size(1), size = heads.q.size(2);
    const std::int64_t kv_count = heads.k.size(1);
    const auto repeat = [&](const at::Tensor& x) {
        return x.unsqueeze(2)
            .expand({rows, kv_count, count / kv_count, size})
            .reshape({1, rows, count, size});
    };
    return {heads.q.unsqueeze(0), repeat(heads.k), repeat(heads.v)};
}

/// The gradient of what was repeated: [1, N, H, E] → [N, K, E].
at::Tensor gathered(const at::Tensor& gradient, const AttentionShape& shape) {
    const std::int64_t group = shape.heads / shape.kv_heads;
    return gradient.view({gradient.size(1), shape.kv_heads, group, shape.head_size}).sum(2);
}

/// Of the memory-efficient kernel: queries see themselves and what is before them, or everything.
std::int64_t mask_of(const AttentionShape& shape) { return shape.causal ? 1 : 0; }

constexpr double no_dropout = 0;

} // namespace

bool gpu_has_packed_attention(const at::Tensor& like, const AttentionShape& shape) {
    if (shape.softcap > 0 || shape.window > 0 || shape.dropout.threshold != 0 || !shape.slopes.empty())
        return false;
    const std::int64_t head_size = shape.head_size;
    const at::Tensor few = at::empty({1, 1, 16, head_size}, like.options()).requires_grad_();
    const auto choice =
        static_cast<at::SDPBackend>(at::_fused_sdp_choice(few, few, few, {}, no_dropout, /*is_causal=*/true));
    if (like.scalar_type() == at::kFloat) return choice == at::SDPBackend::efficient_attention;
    // Where cuDNN's comes first, flash attention runs too, if the size suits it.
    return choice == at::SDPBackend::flash_attention
           || (choice == at::SDPBackend::cudnn_attention && head_size % 8 == 0 && head_size <= 256);
}

AttentionResult gpu_packed_attention(const at::Tensor& qkv, const AttentionShape& shape) {
    const Heads heads = heads_of(qkv, shape);
    const std::int64_t rows = qkv.size(0), width = shape.heads * shape.head_size, most = shape.longest;
    if (qkv.scalar_type() == at::kBFloat16) {
        auto [y, lse, seed, offset, unused] =
            at::_flash_attention_forward(heads.q, heads.k, heads.v, shape.starts, shape.starts, most, most,
                no_dropout, shape.causal, /*return_debug_mask=*/false, shape.score_scale());
        return {y.view({rows, width}), lse, seed, offset};
    }
    const Heads all = repeated(heads);
    const auto result =
        at::_efficient_attention_forward(all.q, all.k, all.v, /*bias=*/{}, shape.starts, shape.starts, most,
            most, no_dropout, mask_of(shape), /*compute_log_sumexp=*/true, shape.score_scale());
    return {std::get<0>(result).view({rows, width}), std::get<1>(result), std::get<2>(result),
        std::get<3>(result)};
}

at::Tensor gpu_packed_attention_backward(
    const at::Tensor& qkv, const AttentionResult& result, const at::Tensor& dy, const AttentionShape& shape) {
    const Heads heads = heads_of(qkv, shape);
    const std::int64_t rows = qkv.size(0), most = shape.longest;
    const std::vector<std::int64_t> by_head{rows, shape.heads, shape.head_size};
    at::Tensor dq, dk, dv;
    if (qkv.scalar_type() == at::kBFloat16) {
        std::tie(dq, dk, dv) = at::_flash_attention_backward(dy.view(by_head), heads.q, heads.k, heads.v,
            result.y.view(by_head), result.lse, shape.starts, shape.starts, most, most, no_dropout,
            shape.causal, result.seed, result.offset, shape.score_scale());
    } else {
        const Heads all = repeated(heads);
        const auto gradients = at::_efficient_attention_backward(dy.view(by_head).unsqueeze(0), all.q, all.k,
            all.v, /*bias=*/{}, result.y.view(by_head).unsqueeze(0), shape.starts, shape.starts, most, most,
            result.lse, no_dropout, result.seed, result.offset, mask_of(shape), /*bias_requires_grad=*/false,
            shape.score_scale());
        dq = std::get<0>(gradients).squeeze(0);
        dk = gathered(std::get<1>(gradients), shape);
        dv = gathered(std::get<2>(gradients), shape);
    }
    return at::cat({dq, dk, dv}, 1).view({rows, shape.width()});
}

} // namespace lora
