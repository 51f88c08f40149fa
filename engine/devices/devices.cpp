#include "engine/devices/devices.h"

#include "engine/error.h"

#include <fstream>
#include <string>

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>

namespace lora {

namespace {

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
    Devices devices = processor_alone();
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
