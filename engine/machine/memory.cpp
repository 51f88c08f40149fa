#include "engine/machine/memory.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>

namespace lora {

namespace {

constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::max();

// The number of a line such as "VmRSS:   123456 kB"; 0 where no line has the name.
std::int64_t bytes_in(const char* path, const std::string& name) {
    constexpr std::int64_t kibibyte = 1024;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name + ":"))
            return std::strtoll(line.c_str() + name.size() + 1, nullptr, 10) * kibibyte;
    return 0;
}

// Of a file that holds one number, or "max".
std::int64_t number_in(const char* path) {
    std::int64_t number = 0;
    return std::ifstream(path) >> number ? number : unknown;
}

std::int64_t group_limit() { return number_in("/sys/fs/cgroup/memory.max"); }

} // namespace

MemoryUse process_memory() {
    return {bytes_in("/proc/self/status", "VmRSS"), bytes_in("/proc/self/status", "VmHWM")};
}

std::int64_t free_machine_memory() {
    const std::int64_t told = bytes_in("/proc/meminfo", "MemAvailable");
    const std::int64_t free = told > 0 ? told : unknown;
    const std::int64_t limit = group_limit();
    const std::int64_t used = number_in("/sys/fs/cgroup/memory.current");
    return limit == unknown || used == unknown ? free : std::min(free, limit - used);
}

std::optional<MemoryRoom> memory_room(const std::string& device) {
    const std::int64_t free = free_machine_memory();
    const std::int64_t all = bytes_in("/proc/meminfo", "MemTotal") + bytes_in("/proc/meminfo", "SwapTotal");
    if (device != "cpu" || free == unknown || all == 0) return std::nullopt;
    // Pages of files that the process maps count as free already.
    const std::int64_t own = bytes_in("/proc/self/status", "RssAnon");
    return MemoryRoom{free + own, std::min(all, group_limit())};
}

} // namespace lora
