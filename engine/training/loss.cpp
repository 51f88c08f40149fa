#include "engine/training/loss.h"

#include "engine/kernels/fused.h"
#include "engine/kernels/product.h"

#include <algorithm>
#include <optional>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lora {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows a chunk: enough for an efficient product, few enough that its logits stay small.
constexpr std::int64_t chunk_rows = 256;

// Cross-entropy of each row, float32; where `gradient`, the logits become softmax − one-hot.
at::Tensor cross_entropy_in_place(at::Tensor& logits, const at::Tensor& targets, bool gradient) {
    if (logits.device().is_cpu()) return fused_cross_entropy(logits, targets, gradient);
    const at::Tensor wanted = targets.unsqueeze(1); // [rows, 1]
    at::Tensor log_p = at::log_softmax(logits, 1, at::kFloat);
    at::Tensor losses = log_p.gather(1, wanted).neg_().squeeze(1);
    if (gradient) {
        at::Tensor d_logits = log_p.exp_();
        d_logits.scatter_add_(1, wanted, at::full_like(wanted, -1.0, d_logits.options()));
        logits.copy_(d_logits);
    }
    return losses;
}

// Rows a little apart: as far as the vocabulary is wide, often a multiple of a page, they would meet in the
// same few places of the first-level cache.
at::Tensor logits_buffer(std::int64_t rows, const at::Tensor& weight) {
    constexpr std::int64_t apart = 32;
    return at::empty({rows, weight.size(0) + apart}, weight.options()).narrow(1, 0, weight.size(0));
}

void head_product(at::Tensor& logits, const at::Tensor& hidden, const at::Tensor& weight,
    const std::optional<at::Tensor>& bias) {
    if (hidden.device().is_cpu())
        return product_into(logits, hidden, weight, {bias.value_or(at::Tensor()), {}, {}});
    at::mm_out(logits, hidden, weight.t());
    if (bias) logits.add_(*bias);
}

void head_product_turned(at::Tensor& d_hidden, const at::Tensor& d_logits, const at::Tensor& weight) {
    if (d_hidden.device().is_cpu()) return product_turned_into(d_hidden, d_logits, weight);
    at::mm_out(d_hidden, d_logits, weight);
}

// Σ cross-entropy of a frozen head. weight [V, D], hidden [M, D], targets [M].
struct ChunkedLoss : torch::autograd::Function<ChunkedLoss> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& hidden, const at::Tensor& weight,
        const at::Tensor& targets, const std::optional<at::Tensor>& bias, bool gradient_wanted) {
        at::AutoDispatchBelowADInplaceOrView below;
        at::Tensor d_hidden = gradient_wanted ? at::empty_like(hidden) : at::Tensor();
        at::Tensor total = at::zeros({}, hidden.options().dtype(at::kFloat));
        const at::Tensor buffer = logits_buffer(std::min(chunk_rows, hidden.size(0)), weight);
        for (std::int64_t begin = 0; begin < hidden.size(0); begin += chunk_rows) {
            const std::int64_t rows = std::min(chunk_rows, hidden.size(0) - begin);
            const at::Tensor chunk = hidden.narrow(0, begin, rows);
            at::Tensor logits = buffer.narrow(0, 0, rows);
            head_product(logits, chunk, weight, bias);
            total.add_(cross_entropy_in_place(logits, targets.narrow(0, begin, rows), gradient_wanted).sum());
            if (!gradient_wanted) continue;
            at::Tensor d_chunk = d_hidden.narrow(0, begin, rows);
            head_product_turned(d_chunk, logits, weight);
        }
        if (gradient_wanted) context->save_for_backward({d_hidden});
        return total;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const at::Tensor d_hidden = context->get_saved_variables()[0];
        return {d_hidden * gradients[0].to(d_hidden.scalar_type()), {}, {}, {}, {}};
    }
};

at::Tensor learned_rows(const Model& model, const Batch& batch, const Pass& pass) {
    return model.hidden(batch.tokens, pass).index_select(0, batch.rows);
}

} // namespace

at::Tensor next_token_loss(const Model& model, const Batch& batch, const Pass& pass) {
    const Linear& head = model.head();
    if (head.update && pass.adapted) return next_token_loss_plain(model, batch, pass);
    const at::Tensor hidden = learned_rows(model, batch, pass);
    const bool gradient_wanted = c10::GradMode::is_enabled() && hidden.requires_grad();
    return ChunkedLoss::apply(hidden, head.weight(), batch.targets,
        head.bias().defined() ? std::optional(head.bias()) : std::nullopt, gradient_wanted);
}

at::Tensor next_token_loss_plain(const Model& model, const Batch& batch, const Pass& pass) {
    const at::Tensor logits = model.logits(learned_rows(model, batch, pass), pass);
    const at::ScalarType type = logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    return at::cross_entropy_loss(logits.to(type), batch.targets, {}, at::Reduction::Sum);
}

} // namespace lora
