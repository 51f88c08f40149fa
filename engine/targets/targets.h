#pragma once
// Which linears an adapter changes: names and patterns matched as PEFT matches them.

#include "engine/checkpoints/summary.h"
#include "engine/targets/lora_settings.h"

#include <string>
#include <vector>

namespace lora {

/// Paths of the linears that the words select, in the model's order.
/// Throws Error that lists the module names there are if nothing matches, or if a word of the list matches
/// nothing.
std::vector<std::string> select_targets(
    const std::vector<LinearInfo>& linears, const TargetSelection& selection);

/// Block numbers of "0-5,29"; throws Error for other text or a number ≥ layers.
std::vector<std::int64_t> parse_layers(const std::string& words, std::int64_t layers);

/// The shortest words that select exactly these paths: a preset, module names with layers, or a pattern.
TargetSelection describe_targets(
    const std::vector<LinearInfo>& linears, const std::vector<std::string>& paths);

} // namespace lora
