#pragma once
// PEFT's wrapper for parameters: one pair holds the updates of all experts of a block, lora_A [E·r, in]
// expert by expert and lora_B [out, r·E] with the experts innermost, under the name of the module that has
// the parameter. Where two parameters of a module have updates, the first one's name gets `base_layer`. Here
// each expert's linear has an update of its own. Source: huggingface/peft, tuners/lora/layer.py
// (ParamWrapper), tuners/tuners_utils.py (_inject_parameters).

#include "engine/adapters/adapter.h"
#include "engine/adapters/low_rank_pairs.h"
#include "engine/adapters/peft_config.h"
#include "engine/checkpoints/summary.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lora {

using NamedPairs = std::vector<std::pair<std::string, LowRankPair>>;

/// A file's pairs with the stacks among them taken apart, each expert's own by its linear's path. Throws
/// Error for a stack whose parameter target_parameters does not name, or that is no multiple of its rank.
NamedPairs stacks_apart(NamedPairs pairs, const PeftConfig& config, const std::string& file);

/// A pair as PEFT's file has it.
struct PeftPlace {
    std::string path;      ///< in the file, before .lora_A.weight
    std::string parameter; ///< what target_parameters calls it; empty: it is a module
    std::int64_t rank = 0;
    double alpha = 0;
    std::vector<const TargetUpdate*> updates; ///< by expert, null where one has none; of a module the one

    /// What rank_pattern and alpha_pattern go by.
    const std::string& pattern_path() const { return parameter.empty() ? path : parameter; }
};
/// All of an adapter, its experts in stacks; of as many experts as the base model has.
std::vector<PeftPlace> peft_places(const Adapter& adapter, const ModelSummary& base_model);
/// A stack's two tensors: smaller ranks are filled up with zeros, and B takes what an expert's scale differs
/// by. Of a module its own.
LowRankPair stacked(const PeftPlace& place, bool use_rslora);

/// The field target_parameters: short names where they alone say it, as PEFT matches path ends.
std::vector<std::string> peft_target_parameters(
    const std::vector<PeftPlace>& places, const ModelSummary& base_model);

} // namespace lora
