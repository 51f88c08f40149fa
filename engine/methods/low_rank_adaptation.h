#pragma once
// LoRA: W₀ is frozen, ΔW = α/r · B·A, and A and B are trained as they are.
// Source: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models, section 4.1.

#include "engine/methods/method.h"

#include <functional>
#include <vector>

namespace lora {

/// Also its relatives that train fewer of A and B, or some at a rate of their own.
class LowRankAdaptation : public Method {
public:
    using Groups = std::function<std::vector<ParameterGroup>(Adapter& adapter)>;

    /// Trained are A and B, target by target, then a classifier's head or the rows of tokens, as one group;
    /// or what `groups` lays flat.
    LowRankAdaptation(Adapter adapter, Model& model);
    LowRankAdaptation(Adapter adapter, Model& model, const Groups& groups);

    std::vector<ParameterGroup> parameters() const override { return groups_; }
    const Adapter& adapter() const override { return adapter_; }

private:
    Adapter adapter_;
    std::vector<ParameterGroup> groups_;
};

} // namespace lora
