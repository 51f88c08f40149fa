#pragma once
// Where a process stands among others, as those who start ranks tell it: by variables of the environment.
// torchrun's are RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT; `lora train --ranks` sets the
// same. Slurm's srun tells every task its number and the list of machines.

#include "engine/ranks/place.h"

#include <functional>
#include <optional>
#include <string>

namespace lora {

/// A variable's value; none where it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// This process's own.
Environment own_environment();

/// None where nobody started this process as one of several. torchrun's variables go before Slurm's, and
/// MASTER_ADDR and MASTER_PORT before what Slurm's tell of the meeting. Throws Error where they are
/// incomplete or contradict each other.
std::optional<RankPlace> place_in(const Environment& environment);

/// The first machine of a list as Slurm writes it: "node07" of "node[07-09,12],gpu1". Throws Error where the
/// list is none.
std::string first_host(const std::string& list);

} // namespace lora
