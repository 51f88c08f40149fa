#pragma once
// What AdaLoRA has beside LoRA's settings, named as PEFT names them; the rank it ends at on average is
// LoRA's.

#include <cstdint>

namespace lora {

struct AdaLoraSettings {
    std::int64_t init_r = 12; ///< directions that every update begins with
    std::int64_t tinit = 0;   ///< steps before the first direction is taken
    std::int64_t tfinal = 0;  ///< last steps, in which none is taken any more
    std::int64_t deltaT = 1;  ///< steps from one allocation to the next
    double beta1 = 0.85;      ///< of the importance's moving mean
    double beta2 = 0.85;      ///< of its uncertainty's
    double orth_reg_weight = 0.5;
    bool operator==(const AdaLoraSettings&) const = default;
};

} // namespace lora
