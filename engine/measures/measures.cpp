#include "engine/measures/measures.h"

#include <algorithm>
#include <cassert>

namespace lora {

namespace {

std::optional<double> number(const std::optional<std::int64_t>& rank) {
    return rank ? std::optional(static_cast<double>(*rank)) : std::nullopt;
}

} // namespace

const std::vector<Measure>& measures() {
    using Value = std::optional<double>;
    using enum Measure::Scale;
    static const std::vector<Measure> all{
        {"effective_rank", "Effective rank", "Effective rank",
            "How many directions the update really uses. 1: all of it lies in one direction; r: every "
            "direction is used equally. exp of the entropy of σ/Σσ (Roy and Vetterli, 2007).",
            Ratio, [](const Spectrum& s) { return s.measures.effective_rank; }},
        {"stable_rank", "Stable rank", "Stable rank",
            "How much the update holds beside its strongest direction: Σσ² / σ₁². Close to 1 means that one "
            "direction does nearly all the work.",
            Ratio, [](const Spectrum& s) { return s.measures.stable_rank; }},
        {"participation_ratio", "Participation ratio", "Participation",
            "How many directions share the energy: (Σσ²)² / Σσ⁴. k equal directions give k.", Ratio,
            [](const Spectrum& s) { return s.measures.participation_ratio; }},
        {"rank_90", "Rank at 90 % energy", "Rank 90 %",
            "The fewest directions that hold 90 % of the update's energy Σσ². An adapter of this rank would "
            "keep nine tenths of it.",
            Count, [](const Spectrum& s) { return number(s.measures.rank_90); }},
        {"rank_99", "Rank at 99 % energy", "Rank 99 %",
            "The fewest directions that hold 99 % of the update's energy Σσ².", Count,
            [](const Spectrum& s) { return number(s.measures.rank_99); }},
        {"rank", "Rank r", "Rank r",
            "How many directions the update has. Fixed for most methods; AdaLoRA moves them from linear to "
            "linear while it trains.",
            Count, [](const Spectrum& s) { return number(s.measures.rank); }, true},
        {"frobenius", "‖ΔW‖ (Frobenius)", "‖ΔW‖",
            "How large the update is: ‖ΔW‖ = √Σσ². 0 before the first step, since B begins as zero.", Size,
            [](const Spectrum& s) -> Value { return s.measures.frobenius; }},
        {"relative_norm", "‖ΔW‖/‖W₀‖", "‖ΔW‖/‖W₀‖",
            "How large the update is beside the weight that it changes. Runs that were written without it "
            "show nothing.",
            Size, [](const Spectrum& s) { return s.measures.relative_norm; }, true},
    };
    return all;
}

const Measure& measure(std::string_view key) {
    const auto found = std::find_if(
        measures().begin(), measures().end(), [&](const Measure& each) { return each.key == key; });
    assert(found != measures().end());
    return *found;
}

} // namespace lora
