#pragma once
// The methods there are, by their words. Knows no torch.

#include <string>

namespace lora {

enum class MethodKind { Lora };

/// The word of --method and run.json, and back; throws Error that lists the known ones.
std::string name(MethodKind kind);
MethodKind method_kind(const std::string& name);

} // namespace lora
