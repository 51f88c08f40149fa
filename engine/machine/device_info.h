#pragma once
// The devices of a machine as plain values: what find_devices() found, and what the window offers.

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

struct DeviceInfo {
    std::string id;          ///< "cpu", "cuda:0"
    std::string description; ///< for people: the processor's or card's name
    std::int64_t memory_bytes = 0;
};

struct Devices {
    std::vector<DeviceInfo> found; ///< the CPU first, then each GPU
    std::string why_no_gpu;        ///< a sentence; empty if there is a GPU
    int cores = 1;                 ///< physical cores this process may use
};

/// The CPU, which is there whatever find_devices() finds beside it, without a word on GPUs.
Devices processor_alone();

/// What "auto" stands for: the first GPU, or the CPU. `devices` has one at least.
inline const DeviceInfo& automatic_device(const Devices& devices) {
    return devices.found[devices.found.size() > 1 ? 1 : 0];
}

} // namespace lora
