#pragma once
// What there is to run on, and why not more. Knows no torch.

#include "engine/machine/device_info.h"

#include <string>

namespace lora {

Devices find_devices();

/// "auto" becomes the first GPU or the CPU. Throws Error that lists what there is for a device that is not
/// there.
std::string choose_device(const std::string& wish, const Devices& devices);

} // namespace lora
