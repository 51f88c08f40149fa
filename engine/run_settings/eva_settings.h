#pragma once
// What EVA has beside LoRA's settings, named as PEFT's eva_config names them.

namespace lora {

struct EvaSettings {
    double rho = 2.0;  ///< the most directions that a target may get, over the rank; 1: all keep the rank
    double tau = 0.99; ///< directions whose cosine from one batch to the next is at least this stand still
    bool operator==(const EvaSettings&) const = default;
};

} // namespace lora
