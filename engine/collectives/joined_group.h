#pragma once
// Joining the other ranks: they meet, say who and where they are, and are watched from then on.

#include "engine/collectives/rank_group.h"
#include "engine/ranks/place.h"

#include <chrono>
#include <memory>

namespace lora {

/// How long a rank may be silent before the others take it for dead, where nothing else is said.
inline constexpr std::chrono::seconds usual_silence(60);

/// The group of all ranks, once they have come. `silence`: how long one may give no sign of life; to come, it
/// has five times as long. Throws Error that names those who did not come.
std::unique_ptr<RankGroup> join_group(const RankPlace& place, std::chrono::milliseconds silence);

} // namespace lora
