#pragma once
// The memory in use, as a run's progress shows it.

#include "engine/machine/memory.h"

#include <cstdint>

#include <c10/core/Device.h>

namespace lora {

/// Lets a GPU's peak begin anew from what is in use now. Does nothing for the CPU, whose peak is the
/// process's.
void forget_memory_peak(const c10::Device& device);

/// The process's resident set for the CPU, the allocator's bytes for a GPU.
MemoryUse measure_memory(const c10::Device& device);

/// What may still be taken of a device's memory; of the machine's no more than a limit on the process's group
/// allows. The largest number where nothing tells.
std::int64_t free_memory(const c10::Device& device);

/// Gives a GPU's memory that is kept for later back to it. Does nothing for the CPU.
void free_unused_memory(const c10::Device& device);

} // namespace lora
