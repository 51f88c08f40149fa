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

/// Rows in place of the head's own.
struct OwnRows {
    at::Tensor values; ///< [k, D] float32; undefined: there are none
    at::Tensor ids;    ///< int64 [k]
    at::Tensor typed;  ///< the values as a product takes them

    OwnRows(const std::optional<at::Tensor>& rows, const std::optional<at::Tensor>& places,
        const at::Tensor& hidden) {
        if (!rows) return;
        values = *rows;
        ids = *places;
        typed = values.to(hidden.scalar_type());
    }
    bool are() const { return values.defined(); }
    void put_into(at::Tensor& logits, const at::Tensor& chunk) const {
        if (are()) logits.index_copy_(1, ids, at::mm(chunk, typed.t()));
    }
    /// Takes their part out of the logits' gradient, gives it to `d_values`, and what goes on through them.
    at::Tensor take_from(at::Tensor& d_logits, const at::Tensor& chunk, const at::Tensor& d_values) const {
        const at::Tensor own = d_logits.index_select(1, ids);
        d_values.add_(at::mm(own.t().to(d_values.scalar_type()), chunk.to(d_values.scalar_type())));
        d_logits.index_fill_(1, ids, 0);
        return at::mm(own, typed);
    }
};

// Σ cross-entropy of a frozen head. weight [V, D], hidden [M, D], targets [M]; own_rows [k, D] at own_ids
// stand in place of the weight's rows and, up to `vocabulary`, behind them.
struct ChunkedLoss : torch::autograd::Function<ChunkedLoss> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& hidden, const at::Tensor& plain,
        const at::Tensor& targets, const std::optional<at::Tensor>& bias, const KeptWeight::Pointer& packed,
        const LogitEnd& end, const std::optional<at::Tensor>& own_rows,
        const std::optional<at::Tensor>& own_ids, std::int64_t vocabulary, bool gradient_wanted) {
        const FrozenWeight weight = weight_of(plain, packed);
        at::AutoDispatchBelowADInplaceOrView below;
        const OwnRows own(own_rows, own_ids, hidden);
        at::Tensor d_hidden = gradient_wanted ? at::empty_like(hidden) : at::Tensor();
        at::Tensor d_own = gradient_wanted && own.are() ? at::zeros_like(own.values) : at::Tensor();
        at::Tensor total = at::zeros({}, hidden.options().dtype(at::kFloat));
        const std::int64_t most = std::min(chunk_rows(hidden.device()), hidden.size(0));
        const at::Tensor buffer = logits_buffer(most, vocabulary, hidden);
        for (std::int64_t begin = 0; begin < hidden.size(0); begin += most) {
            const std::int64_t rows = std::min(most, hidden.size(0) - begin);
            const at::Tensor chunk = hidden.narrow(0, begin, rows);
            at::Tensor logits = buffer.narrow(0, 0, rows);
            at::Tensor of_weight = logits.narrow(1, 0, weight.rows());
            product_into(of_weight, chunk, weight, {bias.value_or(at::Tensor()), {}, {}});
            own.put_into(logits, chunk);
            end_logits(logits, end);
            const at::Tensor ended = gradient_wanted && end.softcap > 0 ? logits.clone() : at::Tensor();
            total.add_(fused_cross_entropy(logits, targets.narrow(0, begin, rows), gradient_wanted).sum());
            if (!gradient_wanted) continue;
            end_logits_backward(logits, ended, end);
            at::Tensor d_chunk = d_hidden.narrow(0, begin, rows);
            const at::Tensor through_own = own.are() ? own.take_from(logits, chunk, d_own) : at::Tensor();
            product_transposed_into(d_chunk, of_weight, weight);
            if (own.are()) d_chunk.add_(through_own);
        }
        if (gradient_wanted) context->save_for_backward({d_hidden, d_own});
        return total;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const variable_list kept = context->get_saved_variables();
        const at::Tensor d_hidden = kept[0] * gradients[0].to(kept[0].scalar_type());
        const at::Tensor d_own = kept[1].defined() ? kept[1] * gradients[0] : at::Tensor();
        return {d_hidden, {}, {}, {}, {}, {}, d_own, {}, {}, {}};
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
    const ReplacedRows* const rows = model.head_rows();
    const std::optional<at::Tensor> own = rows ? std::optional(rows->values(pass)) : std::nullopt;
    const bool gradient_wanted =
        c10::GradMode::is_enabled() && (hidden.requires_grad() || (own && own->requires_grad()));
    return ChunkedLoss::apply(hidden, argument_of(weight), batch.targets,
        head.bias().defined() ? std::optional(head.bias()) : std::nullopt, KeptWeight::of(weight),
        model.logit_end(), own, rows ? std::optional(rows->ids()) : std::nullopt,
        rows ? rows->rows() : weight.rows(), gradient_wanted);
}

at::Tensor next_token_loss_plain(const Model& model, const Batch& batch, const Pass& pass) {
    const at::Tensor logits = model.logits(learned_rows(model, batch, pass), pass);
    const at::ScalarType type = logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    return at::cross_entropy_loss(
        logits.to(type), batch.targets, {}, at::Reduction::Sum, /*ignore_index=*/-1);
}

} // namespace lora
