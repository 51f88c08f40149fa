#include "engine/sweeps/setting_place.h"

#include "engine/error.h"
#include "engine/settings/schema.h"

namespace lora {

namespace {

/// Those whose last part is the name's: what was meant by "rank" or "trainig.lr".
std::string alike(const std::string& name) {
    const std::string last = name.substr(name.rfind('.') + 1);
    std::string found, all;
    for (const Setting& setting : all_settings()) {
        all += (all.empty() ? "" : ", ") + setting.path;
        if (setting.name() == last) found += (found.empty() ? "" : ", ") + setting.path;
    }
    return found.empty() ? "one of " + all : found;
}

} // namespace

void check_setting(const std::string& setting, const std::string& where) {
    if (find_setting(setting) == nullptr) fail(where, "the setting '" + shown(setting) + "'", alike(setting));
}

RunSettings with_setting(
    RunSettings settings, const std::string& setting, const Json& value, const std::string& where) {
    assign(settings, setting_at(setting), value, where);
    return settings;
}

} // namespace lora
