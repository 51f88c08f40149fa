// LoRA+: LoRA whose B takes steps λ times as large as A's, since B starts at zero and A does not.
// Source: Hayou et al. 2024, LoRA+: Efficient Low Rank Adaptation of Large Models, section 4.

#include "engine/methods/adapter_tensors.h"
#include "engine/methods/low_rank_adaptation.h"
#include "engine/methods/makers.h"

#include <utility>

namespace lora {

// All A, and what is trained beside the updates, at the run's rate, then all B at λ times that.
std::unique_ptr<Method> make_lora_plus(MethodStart start, Model& model) {
    const double lr_ratio = start.settings.loraplus_lr_ratio;
    return std::make_unique<LowRankAdaptation>(std::move(start.adapter), model, [lr_ratio](Adapter& adapter) {
        return std::vector{
            lay_flat(joined(all_A(adapter), beside_updates(adapter))), lay_flat(all_B(adapter), lr_ratio)};
    });
}

} // namespace lora
