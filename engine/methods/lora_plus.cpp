#include "engine/methods/lora_plus.h"

#include "engine/methods/adapter_tensors.h"

#include <utility>

namespace lora {

LoraPlus::LoraPlus(Adapter adapter, double lr_ratio, Model& model)
    : adapter_(std::move(adapter)), first_(lay_flat(joined(all_A(adapter_), head_of(adapter_)))),
      second_(lay_flat(all_B(adapter_), lr_ratio)) {
    attach(adapter_, model);
}

std::unique_ptr<Method> make_lora_plus(MethodStart start, Model& model) {
    return std::make_unique<LoraPlus>(std::move(start.adapter), start.settings.loraplus_lr_ratio, model);
}

} // namespace lora
