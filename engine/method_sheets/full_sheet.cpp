// Full fine-tuning: the weights themselves are trained.

#include "engine/method_sheets/sheets.h"
#include "engine/targets/weight_selection.h"

namespace lora {

std::vector<Refusal> refused_without_adapter() {
    const char* why = "it trains weights and no adapter";
    return {{"lora.adapter", "it trains weights and no adapter; merge it into the model first"},
        {"lora.dropout", why}, {"lora.init", why}, {"lora.rank_pattern", why}, {"lora.alpha_pattern", why},
        {"training.gradient_checkpointing",
            "it trains weights, and a block that runs again forms gradients of updates alone"}};
}

MethodSheet full_sheet() {
    return {.kind = MethodKind::Full,
        .word = "full",
        .title = "Full fine-tuning",
        .about =
            "Trains the weights themselves, all or some; what LoRA is measured against, at four times their "
            "memory and a smaller learning rate.",
        .paper = "Micikevicius et al. 2018, arXiv:1710.03740, of the float32 masters",
        .result = ResultKind::Weights,
        .keeps_low_rank = false,
        .lr = 2e-5,
        .rates = {1e-7, 2e-3},
        .refuses = refused_without_adapter(),
        .without = {"lora.rank", "lora.alpha"},
        .begin = [](RunSettings& settings) { settings.lora.selection.targets = everything; },
        .costs =
            [](const RunSettings&, const TargetShapes& shapes) {
                return MethodCosts{shapes.weights, shapes.weights, 0};
            },
        .runs_fused = false,
        .has_masters = true};
}

} // namespace lora
