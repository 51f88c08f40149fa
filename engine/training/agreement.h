#pragma once
// Before their first step, ranks make sure that they train the same thing from the same start.

#include "engine/collectives/rank_group.h"
#include "engine/data/dataset.h"
#include "engine/methods/method.h"
#include "engine/models/model.h"
#include "engine/settings/settings.h"
#include "engine/training/adamw.h"

#include <cstdint>
#include <string>

namespace lora {

/// A number that two ranks share for the same weights of the model. It reads every weight.
std::int64_t weights_digest(Model& model);

/// What a rank begins with.
struct RankStart {
    const RunSettings& settings;
    const TrainAndEval& data;
    std::int64_t weights = 0; ///< weights_digest() of the model as it was opened
    std::int64_t steps_done = 0;
    Method& method;
    AdamW* optimizer = nullptr; ///< null: as it begins
};

/// Throws Error on a rank whose version, settings, tokens, weights or step are not rank 0's; paths, devices
/// and threads may be its own. What is trained becomes rank 0's: decompositions end a little differently on
/// other processors. Throws RankLost.
void agree_on_start(RankGroup& ranks, const RankStart& start);

} // namespace lora
