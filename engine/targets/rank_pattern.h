#pragma once
// Ranks and α of single targets where they differ from the adapter's own, as PEFT's rank_pattern and
// alpha_pattern have them; and ranks that follow from what an earlier run used.

#include "engine/targets/lora_settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// The target's own rank and α: of the longest key that is the path or ends it behind a dot ("q_proj" of
/// "layers.0.self_attn.q_proj"), else the adapter's.
std::int64_t rank_of(const LoraSettings& settings, const std::string& path);
double alpha_of(const LoraSettings& settings, const std::string& path);

/// "q_proj=4,layers.0.self_attn.v_proj=16" and back, as an option has it. Reading throws Error naming `what`.
RankPattern rank_pattern(const std::string& text, const std::string& what);
AlphaPattern alpha_pattern(const std::string& text, const std::string& what);
std::string pattern_text(const RankPattern& pattern);
std::string pattern_text(const AlphaPattern& pattern);

/// What a target could use.
struct RankNeed {
    std::string path;
    std::int64_t in = 0;
    std::int64_t out = 0;
    double need =
        0; ///< such as the effective rank it had; 0 or undefined (ΔW stayed zero) asks for the least
};

/// Ranks in proportion to the needs, as large as `parameters` = Σ rank · (in + out) allows, each at least 1
/// and at most min(in, out); what rounding leaves over goes to the targets that lost most by it. Throws Error
/// if the budget is smaller than rank 1 everywhere.
RankPattern ranks_within(const std::vector<RankNeed>& needs, std::int64_t parameters);

/// Σ rank · (in + out) of a pattern over these targets.
std::int64_t parameters_of(const std::vector<RankNeed>& targets, const RankPattern& ranks);

/// α for each rank, so that every target keeps the scale α / r.
AlphaPattern alphas_of(const RankPattern& ranks, double scale);

} // namespace lora
