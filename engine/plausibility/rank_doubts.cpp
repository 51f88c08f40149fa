// Ranks above what a weight has room for: its smaller side.

#include "engine/error.h"
#include "engine/plausibility/subjects.h"
#include "engine/settings/settings.h"
#include "engine/targets/rank_pattern.h"
#include "engine/targets/targets.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace lora {

namespace {

/// A linear whose rank is above its smaller side.
struct TooHigh {
    std::string path;
    std::int64_t side = 0;
};

std::vector<LinearInfo> chosen(const RunPlan& plan) {
    std::vector<LinearInfo> linears;
    try {
        const auto paths = select_targets(plan.model->linears, plan.settings.lora.selection);
        const std::set<std::string> wanted(paths.begin(), paths.end());
        for (const LinearInfo& linear : plan.model->linears)
            if (wanted.contains(linear.path)) linears.push_back(linear);
    } catch (const Error&) { // the words choose none, which is told beside their field
    }
    return linears;
}

/// Those whose rank is the common one, or those with one of their own.
std::vector<TooHigh> too_high(
    const std::vector<LinearInfo>& linears, const LoraSettings& lora, bool with_own_rank) {
    LoraSettings other = lora; // an own rank is one that does not follow the common one
    ++other.rank;
    std::vector<TooHigh> found;
    for (const LinearInfo& linear : linears) {
        const std::int64_t side = std::min(linear.in, linear.out), rank = rank_of(lora, linear.path);
        const bool own = rank_of(other, linear.path) == rank;
        if (rank > side && own == with_own_rank) found.push_back({linear.path, side});
    }
    return found;
}

std::int64_t least_side(const std::vector<TooHigh>& linears) {
    const auto smaller = [](const TooHigh& a, const TooHigh& b) { return a.side < b.side; };
    return std::min_element(linears.begin(), linears.end(), smaller)->side;
}

std::string why(const MethodSheet& sheet) {
    return sheet.rank_above_side == RankAboveSide::Refused
               ? std::string(sheet.title)
                     + " starts from the weight's own directions, of which there are no more."
               : "directions above it add nothing.";
}

Doubt doubt(
    const RunPlan& plan, std::string setting, const std::string& words, const std::vector<TooHigh>& linears) {
    const MethodSheet& sheet = sheet_of(plan.settings.method);
    Doubt made{std::move(setting), words + std::to_string(least_side(linears)) + ": " + why(sheet)};
    if (sheet.rank_above_side == RankAboveSide::Refused) made.kind = DoubtKind::Refusal;
    return made;
}

/// To about six digits: a person reads it, and updates do not feel the rest.
double readable(double number) {
    const double unit = std::pow(10.0, 5 - std::floor(std::log10(number)));
    return std::round(number * unit) / unit;
}

/// The common rank at the smallest side, and α with it, so that the update keeps its scale.
Doubt common_rank(const RunPlan& plan, const std::vector<TooHigh>& linears, std::size_t of) {
    const LoraSettings& lora = plan.settings.lora;
    const std::int64_t side = least_side(linears);
    Doubt made = doubt(plan, "lora.rank",
        "{lora.rank} " + std::to_string(lora.rank) + " is above the smaller side of "
            + std::to_string(linears.size()) + " of the " + std::to_string(of)
            + " chosen linears, which is down to ",
        linears);
    made.mend.push_back({"lora.rank", side});
    if (has_setting(plan.settings.method, "lora.alpha") && lora.alpha > 0) {
        RunSettings lower = plan.settings;
        lower.lora.rank = side;
        const auto scale = sheet_of(plan.settings.method).scale;
        made.mend.push_back(
            {"lora.alpha", readable(lora.alpha * scale(plan.settings).value / scale(lower).value)});
    }
    return made;
}

Doubt own_ranks(const RunPlan& plan, const std::vector<TooHigh>& linears) {
    Doubt made = doubt(plan, "lora.rank_pattern",
        "{lora.rank_pattern}: " + std::to_string(linears.size())
            + (linears.size() == 1 ? " linear gets one above its smaller side"
                                   : " linears get one above their smaller side")
            + ", such as " + shown(linears.front().path) + "; the smallest is ",
        linears);
    RankPattern ranks = plan.settings.lora.rank_pattern;
    for (const TooHigh& linear : linears) ranks[linear.path] = linear.side; // the whole path goes first
    made.mend.push_back({"lora.rank_pattern", json_of(ranks)});
    return made;
}

} // namespace

std::vector<Doubt> rank_doubts(const RunPlan& plan) {
    const RunSettings& settings = plan.settings;
    const bool has_rank = has_setting(settings.method, "lora.rank") && settings.lora.adapter.empty();
    if (!plan.model || !has_rank || settings.lora.rank < 1
        || sheet_of(settings.method).rank_above_side == RankAboveSide::Useful)
        return {};
    const std::vector<LinearInfo> linears = chosen(plan);
    const std::vector<TooHigh> common = too_high(linears, settings.lora, /*with_own_rank=*/false);
    const std::vector<TooHigh> own = too_high(linears, settings.lora, /*with_own_rank=*/true);
    std::vector<Doubt> doubts;
    if (!common.empty()) doubts.push_back(common_rank(plan, common, linears.size()));
    if (!own.empty()) doubts.push_back(own_ranks(plan, own));
    return doubts;
}

} // namespace lora
