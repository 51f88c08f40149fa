#pragma once
// LoRA: W₀ is frozen, ΔW = α/r · B·A, and A and B are trained as they are.
// Source: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, section 4.1.

#include "engine/methods/method.h"
#include "engine/methods/method_start.h"

#include <memory>

namespace lora {

class LowRankAdaptation : public Method {
public:
    LowRankAdaptation(Adapter adapter, Model& model);

    /// One group: A and B, target by target, then a classifier's head.
    std::vector<ParameterGroup> parameters() const override { return {flat_}; }
    const Adapter& adapter() const override { return adapter_; }

private:
    Adapter adapter_;
    ParameterGroup flat_;
};

std::unique_ptr<Method> make_lora(MethodStart start, Model& model);

} // namespace lora
