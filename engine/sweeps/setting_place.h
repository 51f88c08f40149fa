#pragma once
// Settings of a run by their place in run.json: "training.lr". Knows no torch.

#include "engine/settings/settings.h"

#include <string>

namespace lora {

/// Throws Error naming `where` and the nearest that there is for a name that is no setting's.
void check_setting(const std::string& setting, const std::string& where);

/// "training.lr" as a JSON pointer.
Json::json_pointer place_of(const std::string& setting);

/// `settings`, as to_json gives them, with one of them another value. Throws Error naming `where` for a value
/// of another kind.
RunSettings with_setting(
    const Json& settings, const std::string& setting, const Json& value, const std::string& where);

} // namespace lora
