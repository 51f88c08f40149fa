#pragma once
// What every rank must see alike: version, settings, data, weights. Ranks on several machines open their own
// copies of the files, and a run over different ones would go wrong without a word.

#include "engine/files/json.h"

#include <string>

namespace lora {

/// Throws Error that names the first claim which is not the leader's, with both values. `own` and `leaders`
/// are objects, nested ones too; who: "rank 1 (…)".
void refuse_other_claims(const Json& own, const Json& leaders, const std::string& who);

} // namespace lora
