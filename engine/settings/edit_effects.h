#pragma once
// What else changes when a person changes one setting in a form.

#include "engine/run_settings/run_settings.h"

#include <string>

namespace lora {

/// After `path` was given another value than it had `before`: linears with a rank of their own keep the scale
/// that all have, if they had it; and a setting that the method has no use for goes along with the one it
/// follows.
void follow_edit(RunSettings& settings, const RunSettings& before, const std::string& path);

} // namespace lora
