// What the method trains: which linears, at which rank and scale, from which start.

#include "engine/method_sheets/method_sheet.h"
#include "engine/settings/rows.h"

namespace lora {

Setting method_row() {
    Setting row;
    row.path = "method";
    row.label = "Method";
    row.help = "What is trained.";
    row.kind = SettingKind::Word;
    row.option = "method";
    row.group = SettingGroup::Method;
    for (const MethodSheet& sheet : method_sheets()) row.choices.push_back({sheet.word, sheet.title});
    row.get = [](const RunSettings& settings) { return Json(name(settings.method)); };
    // Not the settings' own method, whose beginnings are the usual values of all other settings.
    row.usual = [](const RunSettings&) { return Json(name(RunSettings{}.method)); };
    row.set = [](RunSettings& settings, const Json& value) {
        for (const MethodSheet& sheet : method_sheets())
            if (value == sheet.word) {
                settings.method = sheet.kind;
                return true;
            }
        return false;
    };
    return row;
}

std::vector<Setting> update_rows() {
    using enum SettingGroup;
    const auto twice_the_rank = [](const RunSettings& settings) {
        return Json(2.0 * static_cast<double>(settings.lora.rank));
    };
    return {
        setting(
            "lora.selection.targets", "Modules",
            "Which linears: attention-qv, attention, mlp, all-linear, module names, or re:PATTERN. Full "
            "fine-tuning and a subspace take everything too: embeddings, norms and biases.",
            [](auto& s) -> auto& { return s.lora.selection.targets; })
            .in(Targets)
            .of_new_adapter()
            .must([](const Json& text) { return text != ""; },
                "attention-qv, attention, mlp, all-linear, names or re:PATTERN"),
        setting(
            "lora.selection.layers", "Layers", "Blocks by their numbers, such as 0-5,29.",
            [](auto& s) -> auto& { return s.lora.selection.layers; })
            .in(Targets)
            .of_new_adapter()
            .or_empty("all"),
        setting(
            "lora.rank", "Rank r", "How many directions the update of each linear may use.",
            [](auto& s) -> auto& { return s.lora.rank; })
            .in(Rank)
            .of_new_adapter()
            .from(1)
            .to(1 << 16)
            .doubling(),
        setting(
            "lora.alpha", "Alpha α", "The update is ΔW = (α/r)·B·A: its scale is α over the rank.",
            [](auto& s) -> auto& { return s.lora.alpha; })
            .in(Rank)
            .of_new_adapter()
            .above(0)
            .following("lora.rank", twice_the_rank),
        setting(
            "lora.rank_pattern", "Own ranks",
            "Ranks of single linears: q_proj=4,layers.0.self_attn.v_proj=16.",
            [](auto& s) -> auto& { return s.lora.rank_pattern; })
            .in(Rank)
            .rarely()
            .of_new_adapter()
            .from(1)
            .to(1 << 16)
            .or_empty("one rank for all"),
        setting(
            "lora.alpha_pattern", "Own alphas", "Alphas of single linears, written as their ranks are.",
            [](auto& s) -> auto& { return s.lora.alpha_pattern; })
            .in(Rank)
            .rarely()
            .of_new_adapter()
            .above(0)
            .or_empty("one alpha for all"),
        setting(
            "lora.dropout", "Dropout", "Share of the inputs of A that is dropped while training.",
            [](auto& s) -> auto& { return s.lora.dropout; })
            .in(Rank)
            .from(0)
            .below(1),
        setting(
            "lora.init", "Initial A", "How A begins. B begins as zero, so that ΔW = 0 before the first step.",
            [](auto& s) -> auto& { return s.lora.init; })
            .in(Rank)
            .of_new_adapter(),
        setting(
            "lora.adapter", "Start from",
            "A PEFT folder to start from; its rank, alpha and targets then count.",
            [](auto& s) -> auto& { return s.lora.adapter; })
            .in(Rank)
            .file()
            .or_empty("a new adapter"),
    };
}

} // namespace lora
