#include "engine/devices/memory.h"

#include <fstream>
#include <string>

#include <c10/core/CachingDeviceAllocator.h>

namespace lora {

namespace {

// "VmRSS:   123456 kB"
std::int64_t status_bytes(const std::string& line) {
    constexpr std::int64_t kibibyte = 1024;
    return std::strtoll(line.c_str() + line.find(':') + 1, nullptr, 10) * kibibyte;
}

MemoryUse process_memory() {
    MemoryUse use;
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) use.now_bytes = status_bytes(line);
        if (line.starts_with("VmHWM:")) use.peak_bytes = status_bytes(line);
    }
    return use;
}

c10::DeviceAllocator* allocator_of(const c10::Device& device) {
    return device.is_cpu() ? nullptr : dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(device.type()));
}

} // namespace

void forget_memory_peak(const c10::Device& device) {
    c10::DeviceAllocator* const allocator = allocator_of(device);
    if (allocator != nullptr && allocator->initialized()) allocator->resetPeakStats(device.index());
}

MemoryUse measure_memory(const c10::Device& device) {
    if (device.is_cpu()) return process_memory();
    c10::DeviceAllocator* const allocator = allocator_of(device);
    if (allocator == nullptr) return {};
    constexpr auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const auto statistics = allocator->getDeviceStats(device.index());
    return {statistics.allocated_bytes[all].current, statistics.allocated_bytes[all].peak};
}

} // namespace lora
