#include "engine/devices/devices.h"

#include "engine/error.h"

#include <fstream>
#include <set>
#include <string>
#include <utility>

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
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

std::string why_no_gpu() {
    if (!at::Context::hasCUDA() && std::ifstream("/proc/driver/nvidia/version").good())
        return "This build has LibTorch without CUDA although an NVIDIA driver is here; app/run in a clone "
               "of "
               "the project fetches the one with CUDA and builds with it.";
    if (!at::Context::hasCUDA()) return "LibTorch was set up without CUDA, as no NVIDIA GPU was found.";
    return "CUDA is built in, but no NVIDIA GPU answers; is its driver loaded?";
}

} // namespace

Devices find_devices() {
    Devices devices;
    devices.cores = physical_cores();
    devices.found.push_back({"cpu", processor_name(), physical_memory()});
    const int gpus = at::Context::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0;
    for (int i = 0; i < gpus; ++i) {
        const std::string number = std::to_string(i);
        devices.found.push_back({"cuda:" + number, "NVIDIA GPU " + number, 0});
    }
    if (gpus == 0) devices.why_no_gpu = why_no_gpu();
    return devices;
}

std::string choose_device(const std::string& wish, const Devices& devices) {
    if (wish == "auto") return automatic_device(devices).id;
    std::string ids;
    for (const auto& device : devices.found) {
        if (device.id == wish || (wish == "cuda" && device.id == "cuda:0")) return device.id;
        ids += (ids.empty() ? "" : ", ") + device.id;
    }
    fail("{device}", "'" + shown(wish) + "'", "auto or one of: " + ids, devices.why_no_gpu);
}

} // namespace lora
