// What the method trains: which linears, at which rank and scale, from which start.

#include "engine/method_sheets/method_sheet.h"
#include "engine/settings/rows.h"

namespace lora {

Setting method_row() {
    Setting made;
    made.path = "method";
    made.label = "Method";
    made.help = "What is trained.";
    made.kind = SettingKind::Word;
    made.option = "method";
    made.group = SettingGroup::Method;
    for (const MethodSheet& sheet : method_sheets()) made.choices.push_back({sheet.word, sheet.title});
    made.get = [](const RunSettings& settings) { return Json(name(settings.method)); };
    // Not the settings' own method, whose beginnings are the usual values of all other settings.
    made.usual = [](const RunSettings&) { return Json(name(RunSettings{}.method)); };
    made.set = [](RunSettings& settings, const Json& value) {
        for (const MethodSheet& sheet : method_sheets())
            if (value == sheet.word) {
                settings.method = sheet.kind;
                return true;
            }
        return false;
    };
    return made;
}

std::vector<Setting> update_rows() {
    using enum SettingGroup;
    const auto twice_the_rank = [](const RunSettings& settings) {
        return Json(2.0 * static_cast<double>(settings.lora.rank));
    };
    return {
        row(
            "lora.selection.targets", "Modules",
            "Which linears: attention-qv, attention, mlp, all-linear, module names, or re:PATTERN. Full "
            "fine-tuning and a subspace take everything too: embeddings, norms and biases.",
            [](auto& s) -> auto& { return s.lora.selection.targets; },
            Setting().in(Targets).of_new_adapter().must(
                [](const Json& text) { return !text.get_ref<const std::string&>().empty(); },
                "attention-qv, attention, mlp, all-linear, names or re:PATTERN")),
        row(
            "lora.selection.layers", "Layers", "Blocks by their numbers, such as 0-5,29.",
            [](auto& s) -> auto& { return s.lora.selection.layers; },
            Setting().in(Targets).of_new_adapter().or_empty("all")),
        row(
            "lora.rank", "Rank r", "How many directions the update of each linear may use.",
            [](auto& s) -> auto& { return s.lora.rank; },
            Setting().in(Rank).of_new_adapter().from(1).to(1 << 16).doubling()),
        row(
            "lora.alpha", "Alpha α", "The update is ΔW = (α/r)·B·A: its scale is α over the rank.",
            [](auto& s) -> auto& { return s.lora.alpha; },
            Setting().in(Rank).of_new_adapter().above(0).following("lora.rank", twice_the_rank)),
        row(
            "lora.rank_pattern", "Own ranks",
            "Ranks of single linears: q_proj=4,layers.0.self_attn.v_proj=16.",
            [](auto& s) -> auto& { return s.lora.rank_pattern; },
            Setting().in(Rank).rarely().of_new_adapter().from(1).to(1 << 16).or_empty("one rank for all")),
        row(
            "lora.alpha_pattern", "Own alphas", "Alphas of single linears, written as their ranks are.",
            [](auto& s) -> auto& { return s.lora.alpha_pattern; },
            Setting().in(Rank).rarely().of_new_adapter().above(0).or_empty("one alpha for all")),
        row(
            "lora.dropout", "Dropout", "Share of the inputs of A that is dropped while training.",
            [](auto& s) -> auto& { return s.lora.dropout; }, Setting().in(Rank).from(0).below(1)),
        row(
            "lora.init", "Initial A", "How A begins. B begins as zero, so that ΔW = 0 before the first step.",
            [](auto& s) -> auto& { return s.lora.init; }, Setting().in(Rank).of_new_adapter()),
        row(
            "lora.adapter", "Start from",
            "A PEFT folder to start from; its rank, alpha and targets then count.",
            [](auto& s) -> auto& { return s.lora.adapter; },
            Setting().in(Rank).file().or_empty("a new adapter")),
    };
}

} // namespace lora
