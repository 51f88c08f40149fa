#include "engine/methods/vera.h"

#include "engine/adapters/expert_rules.h"
#include "engine/error.h"
#include "engine/methods/adapter_tensors.h"
#include "engine/methods/makers.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

Adapter with_shared_projection(Adapter adapter, double d_initial, std::uint64_t seed) {
    need_modules(adapter.targets, "VeRA");
    const std::int64_t rank = adapter.rank();
    std::int64_t in = 0, out = 0;
    for (const auto& target : adapter.targets) {
        if (target.update.rank() != rank)
            fail("rank of " + shown(target.path), std::to_string(target.update.rank()),
                std::to_string(rank) + ", since all updates of VeRA share one A and B");
        in = std::max(in, target.update.A.size(1));
        out = std::max(out, target.update.B.size(0));
    }
    VeraProjection vera = draw_vera(rank, in, out, seed);
    vera.d_initial = d_initial;
    const auto options = adapter.targets.front().update.A.options();
    for (at::Tensor* matrix : {&vera.A, &vera.B}) *matrix = matrix->to(options);
    for (const auto& target : adapter.targets)
        vera.vectors[target.path] = {at::full({rank}, d_initial, options),
            at::zeros({target.update.B.size(0)}, options), target.update.A.size(1)};
    auto updates = vera.updates();
    for (auto& target : adapter.targets) {
        const double dropout = target.update.dropout;
        target.alpha = static_cast<double>(rank);
        target.update = std::move(updates.at(target.path));
        target.update.dropout = dropout;
    }
    adapter.use_rslora = false;
    adapter.vera = std::move(vera);
    return adapter;
}

Vera::Vera(Adapter adapter, Model& model) : DerivedAdaptation(std::move(adapter), all_B) {
    std::vector<at::Tensor*> own;
    for (const auto& target : adapter_.targets) {
        VeraVectors& vectors = vectors_of(target);
        own.insert(own.end(), {&vectors.b, &vectors.d});
    }
    begin(own, model);
    apply();
}

at::Tensor Vera::rows_of(const VeraVectors& own) const {
    return adapter_.vera->B.narrow(0, 0, own.b.size(0));
}

void Vera::apply() {
    const c10::NoGradGuard no_gradient;
    for (auto& target : adapter_.targets) {
        const VeraVectors& own = vectors_of(target);
        target.update.B.copy_(rows_of(own).mul(own.d).mul_(own.b.unsqueeze(1)));
    }
}

void Vera::collect_updates() {
    for (const auto& target : adapter_.targets) {
        VeraVectors& own = vectors_of(target);
        const at::Tensor G = target.update.B.grad() * rows_of(own);
        own.b.mutable_grad().add_(G.mv(own.d));
        own.d.mutable_grad().add_(G.t().mv(own.b));
    }
}

std::unique_ptr<Method> make_vera(MethodStart start, Model& model) {
    Adapter adapter = std::move(start.adapter);
    if (!start.resumed)
        adapter = with_shared_projection(std::move(adapter), start.settings.d_initial, start.seed);
    return std::make_unique<Vera>(std::move(adapter), model);
}

} // namespace lora
