#include "engine/training/loss.h"

#include "engine/kernels/fused.h"
#include "engine/kernels/product.h"
#include "engine/models/kept_weight.h"

#include <algorithm>
#include <optional>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Enough for an efficient product, few enough that their logits stay small.
std::int64_t chunk_rows(const at::Device& device) { return device.is_cpu() ? 256 : 1024; }

// The distance from one row of logits to the next, a little more than the vocabulary: that is often a
// multiple of a memory page, and all rows would then fall into the same few sets of the first-level cache.
// A GPU wants every row to begin at a multiple of 16 bytes.
at::Tensor logits_buffer(std::int64_t rows, std::int64_t vocabulary, const at::Tensor& hidden) {
    constexpr std::int64_t unit = 32;
    const std::int64_t stride = (vocabulary + 2 * unit - 1) / unit * unit;
    return at::empty({rows, stride}, hidden.options()).narrow(1, 0, vocabulary);
}

// Σ cross-entropy of a frozen head. weight [V, D], hidden [M, D], targets [M].
struct ChunkedLoss : torch::autograd::Function<ChunkedLoss> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& hidden, const at::Tensor& plain,
        const at::Tensor& targets, const std::optional<at::Tensor>& bias, const KeptWeight::Pointer& packed,
        const LogitEnd& end, bool gradient_wanted) {
        const FrozenWeight weight = weight_of(plain, packed);
        at::AutoDispatchBelowADInplaceOrView below;
        at::Tensor d_hidden = gradient_wanted ? at::empty_like(hidden) : at::Tensor();
        at::Tensor total = at::zeros({}, hidden.options().dtype(at::kFloat));
        const std::int64_t most = std::min(chunk_rows(hidden.device()), hidden.size(0));
        const at::Tensor buffer = logits_buffer(most, weight.rows(), hidden);
        for (std::int64_t begin = 0; begin < hidden.size(0); begin += most) {
            const std::int64_t rows = std::min(most, hidden.size(0) - begin);
            const at::Tensor chunk = hidden.narrow(0, begin, rows);
            at::Tensor logits = buffer.narrow(0, 0, rows);
            product_into(logits, chunk, weight, {bias.value_or(at::Tensor()), {}, {}});
            end_logits(logits, end);
            const at::Tensor ended = gradient_wanted && end.softcap > 0 ? logits.clone() : at::Tensor();
            total.add_(fused_cross_entropy(logits, targets.narrow(0, begin, rows), gradient_wanted).sum());
            if (!gradient_wanted) continue;
            end_logits_backward(logits, ended, end);
            at::Tensor d_chunk = d_hidden.narrow(0, begin, rows);
            product_transposed_into(d_chunk, logits, weight);
        }
        if (gradient_wanted) context->save_for_backward({d_hidden});
        return total;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const at::Tensor d_hidden = context->get_saved_variables()[0];
        return {d_hidden * gradients[0].to(d_hidden.scalar_type()), {}, {}, {}, {}, {}, {}};
    }
};

at::Tensor learned_rows(const Model& model, const Batch& batch, const Pass& pass) {
    return model.hidden_at(batch.tokens, batch.rows, pass);
}

} // namespace

at::Tensor next_token_loss(const Model& model, const Batch& batch, const Pass& pass) {
    const Linear& head = model.head();
    const FrozenWeight& weight = head.frozen();
    if ((head.update && pass.adapted) || (weight.plain.defined() && weight.plain.requires_grad()))
        return next_token_loss_plain(model, batch, pass);
    const at::Tensor hidden = learned_rows(model, batch, pass);
    const Timed timed(pass.profile, Phase::Head);
    const bool gradient_wanted = c10::GradMode::is_enabled() && hidden.requires_grad();
    return ChunkedLoss::apply(hidden, argument_of(weight), batch.targets,
        head.bias().defined() ? std::optional(head.bias()) : std::nullopt, KeptWeight::of(weight),
        model.logit_end(), gradient_wanted);
}

at::Tensor next_token_loss_plain(const Model& model, const Batch& batch, const Pass& pass) {
    const at::Tensor logits = model.logits(learned_rows(model, batch, pass), pass);
    const at::ScalarType type = logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    return at::cross_entropy_loss(
        logits.to(type), batch.targets, {}, at::Reduction::Sum, /*ignore_index=*/-1);
}

} // namespace lora
