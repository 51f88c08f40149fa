#pragma once
// An adapter of the tiny model that does something: rank 4 on every linear, B not zero.

#include "engine/adapters/adapter.h"
#include "engine/adapters/peft.h"
#include "engine/architectures/catalog.h"

#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace tiny {

/// Saves one into `folder`, which it returns.
inline std::string write_adapter(const std::string& model, const std::string& folder, std::uint64_t seed) {
    const lora::LoadedModel loaded = lora::load_model(model, "cpu", at::kFloat);
    std::vector<std::string> paths;
    for (const auto& linear : loaded.summary.linears) paths.push_back(linear.path);
    lora::Adapter adapter = lora::make_adapter(*loaded.model, paths, {.rank = 4, .alpha = 4}, seed);
    at::manual_seed(seed);
    for (auto& target : adapter.targets) target.update.B.normal_(0, 0.1);
    lora::write_peft(folder, adapter, loaded.summary);
    return folder;
}

} // namespace tiny
