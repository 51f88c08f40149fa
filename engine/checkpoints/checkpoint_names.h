#pragma once
// Other names under which a checkpoint's tensor may stand in a file of safetensors.

#include <string>
#include <vector>

namespace lora {

/// In the order to look for them, without `name` itself: without the prefix of the base model, which a bare
/// one lacks ("bert."), and LayerNorm's gamma and beta of before 2020.
std::vector<std::string> other_names(const std::string& name);

} // namespace lora
