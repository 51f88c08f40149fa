#include "engine/devices/memory.h"

#include <limits>

#include <c10/core/CachingDeviceAllocator.h>

namespace lora {

namespace {

c10::DeviceAllocator* allocator_of(const c10::Device& device) {
    return device.is_cpu() ? nullptr : dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(device.type()));
}

} // namespace

void forget_memory_peak(const c10::Device& device) {
    c10::DeviceAllocator* const allocator = allocator_of(device);
    if (allocator != nullptr && allocator->initialized()) allocator->resetPeakStats(device.index());
}

void free_unused_memory(const c10::Device& device) {
    c10::DeviceAllocator* const allocator = allocator_of(device);
    if (allocator != nullptr && allocator->initialized()) allocator->emptyCache();
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
    if (allocator == nullptr || !allocator->initialized()) return std::numeric_limits<std::int64_t>::max();
    constexpr auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const auto statistics = allocator->getDeviceStats(device.index());
    const std::int64_t kept_unused =
        statistics.reserved_bytes[all].current - statistics.allocated_bytes[all].current;
    return static_cast<std::int64_t>(allocator->getMemoryInfo(device.index()).first) + kept_unused;
}

} // namespace lora
