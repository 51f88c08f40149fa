// LoRA-FA: A stays the random projection that it starts as, B alone is trained. No gradient is formed for A,
// and of an update's input only A·x is needed.
// Source: Zhang et al. 2023, LoRA-FA: Memory-efficient Low-rank Adaptation for LLMs Fine-tuning, section 3.

#include "engine/methods/adapter_tensors.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/methods/makers.h"

#include <utility>

namespace lora {

// One group: all B, then what is trained beside them.
std::unique_ptr<Method> make_lora_fa(MethodStart start, Model& model) {
    return std::make_unique<LowRankAdaptation>(std::move(start.adapter), model, [](Adapter& adapter) {
        return std::vector{lay_flat(joined(all_B(adapter), beside_updates(adapter)))};
    });
}

} // namespace lora
