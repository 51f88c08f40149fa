#include "engine/methods/catalog.h"

#include "engine/error.h"
#include "engine/methods/adalora.h"
#include "engine/methods/dora.h"
#include "engine/methods/full_fine_tuning.h"
#include "engine/methods/lora_fa.h"
#include "engine/methods/lora_plus.h"
#include "engine/methods/lora_xs.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/methods/olora.h"
#include "engine/methods/pissa.h"
#include "engine/methods/residual_adaptation.h"
#include "engine/methods/rslora.h"
#include "engine/methods/subspace.h"
#include "engine/methods/uni_lora.h"
#include "engine/methods/vera.h"

#include <utility>

namespace lora {

namespace {

// What one method made, another could not keep: it would train A and B and leave the rest as it was.
Adapter adapter_for(MethodKind kind, Adapter adapter) {
    if (kind != MethodKind::Dora && adapter.has_magnitudes())
        fail("the adapter", "DoRA's magnitudes", "none for the method " + name(kind),
            "go on with the method dora");
    if (kind != MethodKind::Vera) adapter.vera.reset(); // its A and B are a start like any other
    return adapter;
}

} // namespace

std::unique_ptr<Method> make_method(MethodStart start, Model& model) {
    Adapter adapter = adapter_for(start.kind, std::move(start.adapter));
    switch (start.kind) {
    case MethodKind::Eva: // its start is made from the data, see EvaStart
    case MethodKind::Lora: return std::make_unique<LowRankAdaptation>(std::move(adapter), model);
    case MethodKind::RsLora:
        return std::make_unique<LowRankAdaptation>(rank_stabilized(std::move(adapter)), model);
    case MethodKind::LoraPlus:
        return std::make_unique<LoraPlus>(std::move(adapter), start.settings.loraplus_lr_ratio, model);
    case MethodKind::LoraFa: return std::make_unique<LoraFrozenA>(std::move(adapter), model);
    case MethodKind::Dora: return std::make_unique<Dora>(with_magnitudes(std::move(adapter), model), model);
    case MethodKind::Pissa:
        if (!start.resumed) adapter = with_held_start(principal_start(std::move(adapter), model));
        return std::make_unique<ResidualAdaptation>(std::move(adapter), model);
    case MethodKind::Olora:
        if (!start.resumed) adapter = with_held_start(orthonormal_start(std::move(adapter), model));
        return std::make_unique<ResidualAdaptation>(std::move(adapter), model);
    case MethodKind::AdaLora:
        return std::make_unique<AdaLora>(std::move(adapter), start.settings.adalora, start.target_rank,
            start.total_steps, start.seed, model);
    case MethodKind::LoraXs:
        if (!start.resumed) adapter = principal_directions(std::move(adapter), model);
        return std::make_unique<LoraXs>(std::move(adapter), start.seed, model);
    case MethodKind::Vera:
        if (!start.resumed)
            adapter = with_shared_projection(std::move(adapter), start.settings.d_initial, start.seed);
        return std::make_unique<Vera>(std::move(adapter), model);
    case MethodKind::UniLora:
        return std::make_unique<UniLora>(std::move(adapter), start.subspace, start.seed, model);
    case MethodKind::Full:
        return std::make_unique<FullFineTuning>(model, start.weights, std::move(adapter.head));
    case MethodKind::Subspace:
        return std::make_unique<Subspace>(
            model, start.weights, start.subspace, start.seed, std::move(adapter.head));
    }
    throw Error("no such method");
}

} // namespace lora
