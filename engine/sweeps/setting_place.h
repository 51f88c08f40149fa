#pragma once
// Settings of a sweep's runs by their path in run.json: "training.lr".

#include "engine/settings/settings.h"

#include <string>

namespace lora {

/// Throws Error naming `where` and the nearest that there is for a name that is no setting's.
void check_setting(const std::string& setting, const std::string& where);

/// `settings` with one of them another value. Throws Error naming `where` for a value of another kind.
RunSettings with_setting(
    RunSettings settings, const std::string& setting, const Json& value, const std::string& where);

} // namespace lora
