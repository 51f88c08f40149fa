#pragma once
// The machine's memory and this process's part of it, as Linux tells them. Knows no torch.

#include <cstdint>
#include <optional>
#include <string>

namespace lora {

struct MemoryUse {
    std::int64_t now_bytes = 0;
    std::int64_t peak_bytes = 0;
};

/// This process's resident set.
MemoryUse process_memory();

/// What may still be taken of the machine's memory, no more than a limit on the process's group allows.
/// The largest number where nothing tells.
std::int64_t free_machine_memory();

/// The memory that a run of this process can have.
struct MemoryRoom {
    std::int64_t free_bytes =
        0;                      ///< now: what is free, and what the process itself holds and a run uses again
    std::int64_t all_bytes = 0; ///< if all other programs were ended: memory and swap
};

/// Of a device, "cpu"; none where nothing tells, as of a GPU.
std::optional<MemoryRoom> memory_room(const std::string& device);

} // namespace lora
