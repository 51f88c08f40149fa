// AdaLoRA: more directions than the rank at first, of which the least important ones are taken away.

#include "engine/method_sheets/sheets.h"

namespace lora {

namespace {

template <class Place>
Setting own(const char* field, const char* option, const char* label, const char* help, Place place) {
    return setting(
        std::string("method_settings.adalora.") + field, label,
        help, [place](auto& s) -> auto& { return place(s.method_settings.adalora); })
        .called(std::string("adalora-") + option);
}

std::vector<Setting> own_settings() {
    return {
        own(
            "init_r", "init-r", "Initial rank",
            "Directions that every update begins with; the rank is what is left of them on average.",
            [](auto& s) -> auto& { return s.init_r; })
            .from(1)
            .to(1 << 16),
        own(
            "tinit", "tinit", "Steps before", "Steps before the first direction is taken (tinit).",
            [](auto& s) -> auto& { return s.tinit; })
            .from(0),
        own(
            "tfinal", "tfinal", "Steps after", "Last steps, in which the ranks stay as they are (tfinal).",
            [](auto& s) -> auto& { return s.tfinal; })
            .from(0),
        own(
            "deltaT", "delta-t", "Steps between", "Steps from one allocation of ranks to the next (ΔT).",
            [](auto& s) -> auto& { return s.deltaT; })
            .from(1),
        own(
            "beta1", "beta1", "Mean β₁", "Of the importance's moving mean.",
            [](auto& s) -> auto& { return s.beta1; })
            .above(0)
            .below(1),
        own(
            "beta2", "beta2", "Mean β₂", "Of the moving mean of the importance's uncertainty.",
            [](auto& s) -> auto& { return s.beta2; })
            .above(0)
            .below(1),
        own(
            "orth_reg_weight", "orth-reg-weight", "Penalty",
            "Weight of the penalty that holds A and B orthonormal.",
            [](auto& s) -> auto& { return s.orth_reg_weight; })
            .from(0),
    };
}

void check(const RunSettings& settings, std::vector<Fault>& faults) {
    const std::int64_t initial = settings.method_settings.adalora.init_r;
    if (initial < settings.lora.rank)
        faults.push_back({"method_settings.adalora.init_r", std::to_string(initial),
            "at least {lora.rank}, which every update comes down to on average"});
}

MethodCosts adalora_costs(const RunSettings& settings, const TargetShapes& shapes) {
    const std::int64_t rank = settings.lora.rank, first = settings.method_settings.adalora.init_r;
    const std::int64_t each = (shapes.A + shapes.B) / rank; // of one direction everywhere
    const std::int64_t trainable = first * (each + shapes.targets);
    return {trainable, rank * (each + shapes.targets),
        beside_the_model * first * each + 2 * float_bytes * trainable}; // its importance
}

} // namespace

MethodSheet adalora_sheet() {
    return {.kind = MethodKind::AdaLora,
        .word = "adalora",
        .title = "AdaLoRA",
        .about =
            "Starts every linear with a higher rank and takes the least important directions away while it "
            "trains, wherever they are; when one rank for all wastes parameters.",
        .paper = "Zhang et al. 2023, arXiv:2303.10512",
        .ranks_move = true,
        .own = own_settings(),
        .refuses = {{"lora.adapter", "it starts from directions of its own"},
            {"lora.init", "its A and B start as N(0, 0.02)"},
            {"lora.rank_pattern", "it finds the ranks itself"},
            {"lora.alpha_pattern", "it has one scale for all"}},
        .check = check,
        .scale =
            [](const RunSettings& settings) {
                const auto initial = static_cast<double>(settings.method_settings.adalora.init_r);
                return UpdateScale{"α/initial r", settings.lora.alpha / initial};
            },
        .costs = adalora_costs};
}

} // namespace lora
