#pragma once
// Adapters from anywhere: a PEFT folder, or a safetensors file with loralib's names and no word about α.
// Source: microsoft/LoRA, loralib/utils.py (lora_state_dict).

#include "engine/adapters/adapter.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

struct OpenedAdapter {
    Adapter adapter;
    std::vector<std::string> notes; ///< what the user should know of how it was read
};

/// `path` is a PEFT folder, a safetensors file, or a folder that holds one and no adapter_config.json.
/// Without a configuration each target's α is `alpha` or, if none is given, its rank (so that the scale is
/// 1); tensors that are no part of an update, such as a classifier's head, are left aside and told. Throws
/// Error as read_peft does, and for an `alpha` beside an adapter_config.json, which says it.
OpenedAdapter open_adapter(
    const std::string& path, const at::Device& device, const std::optional<double>& alpha = {});

} // namespace lora
