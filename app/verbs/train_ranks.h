#pragma once
// `lora train` over several processes: started and watched here, or found in the environment that torchrun or
// Slurm started this one with.

#include "engine/collectives/rank_group.h"

#include <chrono>
#include <memory>
#include <string>

namespace lora {

/// Starts this many processes that do what this one was told, and watches them until all have ended. Gives
/// the exit code. Throws Error where one ended so that no other could say why.
int train_with_ranks(int count, std::chrono::milliseconds silence);

/// The ranks that the environment tells of, once they have met; else this process alone. Throws Error.
std::shared_ptr<RankGroup> ranks_of_environment(std::chrono::milliseconds silence);

/// What of the machine is this rank's: threads, its share of the cores where `wanted` is 0; and a device, of
/// several GPUs the one with its number. Throws Error where there are more ranks than GPUs.
int threads_of_rank(const RankGroup& ranks, int wanted);
std::string device_of_rank(const RankGroup& ranks, const std::string& wish);

} // namespace lora
