#pragma once
// LoRA+: LoRA whose B takes steps λ times as large as A's, since B starts at zero and A does not.
// Source: Hayou et al. 2024, LoRA+: Efficient Low Rank Adaptation of Large Models, section 4.

#include "engine/methods/method.h"
#include "engine/methods/method_start.h"

#include <memory>

namespace lora {

class LoraPlus final : public Method {
public:
    /// `lr_ratio`: λ.
    LoraPlus(Adapter adapter, double lr_ratio, Model& model);

    /// All A with a classifier's head at the run's rate, then all B at λ times that.
    std::vector<ParameterGroup> parameters() const override { return {first_, second_}; }
    const Adapter& adapter() const override { return adapter_; }

private:
    Adapter adapter_;
    ParameterGroup first_;  ///< all A, and the head
    ParameterGroup second_; ///< all B
};

std::unique_ptr<Method> make_lora_plus(MethodStart start, Model& model);

} // namespace lora
