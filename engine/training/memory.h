#pragma once
// The memory in use, as a run's progress shows it.

#include <cstdint>

#include <c10/core/Device.h>

namespace lora {

struct MemoryUse {
    std::int64_t now_bytes = 0;
    std::int64_t peak_bytes = 0;
};

/// The process's resident set for the CPU, the allocator's bytes for a GPU.
MemoryUse measure_memory(const c10::Device& device);

} // namespace lora
