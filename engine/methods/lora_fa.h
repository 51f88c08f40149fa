#pragma once
// LoRA-FA: A stays the random projection that it starts as, B alone is trained. No gradient is formed for A,
// and of an update's input only A·x is needed.
// Source: Zhang et al. 2023, LoRA-FA: Memory-efficient Low-rank Adaptation for LLMs Fine-tuning, section 3.

#include "engine/methods/method.h"
#include "engine/methods/method_start.h"

#include <memory>

namespace lora {

class LoraFrozenA final : public Method {
public:
    LoraFrozenA(Adapter adapter, Model& model);

    /// All B, then a classifier's head.
    std::vector<ParameterGroup> parameters() const override { return {trained_}; }
    const Adapter& adapter() const override { return adapter_; }

private:
    Adapter adapter_;
    ParameterGroup trained_;
};

std::unique_ptr<Method> make_lora_fa(MethodStart start, Model& model);

} // namespace lora
