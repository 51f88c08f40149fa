#pragma once
// Settings that do not go together with a method. Knows no torch.

#include "engine/method_sheets/method_settings.h"
#include "engine/targets/lora_settings.h"

#include <string>
#include <vector>

namespace lora {

/// A sentence each, with the reason; empty if all is well.
std::vector<std::string> method_faults(
    MethodKind kind, const MethodSettings& settings, const LoraSettings& lora);

} // namespace lora
