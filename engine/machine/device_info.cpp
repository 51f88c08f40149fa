#include "engine/machine/device_info.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include <sched.h>
#include <unistd.h>

namespace lora {

namespace {

// One number a physical core: pairs of (package, core) among the processors that this process may run on.
int physical_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
    std::set<std::pair<int, int>> cores;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        const std::string at = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
        int package = 0, core = cpu;
        std::ifstream(at + "physical_package_id") >> package;
        std::ifstream(at + "core_id") >> core;
        cores.emplace(package, core);
    }
    return std::max(1, static_cast<int>(cores.size()));
}

std::string processor_name() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name")) {
            const std::size_t colon = line.find(": ");
            if (colon != std::string::npos) return line.substr(colon + 2);
        }
    return "CPU";
}

std::int64_t physical_memory() {
    return static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
}

} // namespace

Devices processor_alone() {
    Devices devices;
    devices.cores = physical_cores();
    devices.found.push_back({"cpu", processor_name(), physical_memory()});
    return devices;
}

} // namespace lora
