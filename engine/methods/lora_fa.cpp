#include "engine/methods/lora_fa.h"

#include "engine/methods/adapter_tensors.h"

#include <utility>

namespace lora {

LoraFrozenA::LoraFrozenA(Adapter adapter, Model& model)
    : adapter_(std::move(adapter)), trained_(lay_flat(joined(all_B(adapter_), head_of(adapter_)))) {
    attach(adapter_, model);
}

std::unique_ptr<Method> make_lora_fa(MethodStart start, Model& model) {
    return std::make_unique<LoraFrozenA>(std::move(start.adapter), model);
}

} // namespace lora
