#include "engine/methods/catalog.h"

#include "engine/error.h"
#include "engine/methods/low_rank_adaptation.h"

#include <utility>

namespace lora {

std::unique_ptr<Method> make_method(MethodStart start, Model& model) {
    switch (start.kind) {
    case MethodKind::Lora: return std::make_unique<LowRankAdaptation>(std::move(start.adapter), model);
    }
    throw Error("no such method");
}

} // namespace lora
