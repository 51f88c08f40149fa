#include "engine/devices/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
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

constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::max();

// Of a file that holds one number, or "max".
std::int64_t number_in(const std::string& path) {
    std::int64_t number = 0;
    return std::ifstream(path) >> number ? number : unknown;
}

std::int64_t free_machine_memory() {
    std::int64_t free = unknown;
    std::ifstream machine("/proc/meminfo");
    for (std::string line; std::getline(machine, line);)
        if (line.starts_with("MemAvailable:")) free = status_bytes(line);
    const std::int64_t limit = number_in("/sys/fs/cgroup/memory.max");
    const std::int64_t used = number_in("/sys/fs/cgroup/memory.current");
    return limit == unknown || used == unknown ? free : std::min(free, limit - used);
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

std::int64_t free_memory(const c10::Device& device) {
    if (device.is_cpu()) return free_machine_memory();
    c10::DeviceAllocator* const allocator = allocator_of(device);
    if (allocator == nullptr || !allocator->initialized()) return unknown;
    constexpr auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const auto statistics = allocator->getDeviceStats(device.index());
    const std::int64_t kept_unused =
        statistics.reserved_bytes[all].current - statistics.allocated_bytes[all].current;
    return static_cast<std::int64_t>(allocator->getMemoryInfo(device.index()).first) + kept_unused;
}

} // namespace lora
