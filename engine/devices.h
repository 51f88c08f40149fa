#pragma once
// What there is to run on, and why not more. Knows no torch.

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

Devices find_devices();

/// "auto" becomes the first GPU or the CPU. Throws Error that lists what there is for a device that is not
/// there.
std::string choose_device(const std::string& wish, const Devices& devices);

} // namespace lora
