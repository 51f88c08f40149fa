#include "engine/settings/method_switch.h"

#include "engine/settings/schema.h"

namespace lora {

namespace {

RunSettings start_of(MethodKind method) {
    RunSettings settings = defaults_of(method);
    settings.training.lr = sheet_of(method).lr;
    return settings;
}

} // namespace

RunSettings MethodSwitch::to(MethodKind method, const RunSettings& settings) {
    left_[settings.method] = settings;
    const RunSettings before = start_of(settings.method), after = start_of(method);
    const auto known = left_.find(method);
    const RunSettings& wanted = known == left_.end() ? after : known->second;
    RunSettings made = settings;
    made.method = method;
    const bool other_targets = before.lora.selection != after.lora.selection;
    for (const Setting& setting : all_settings()) {
        if (setting.path == "method") continue;
        const bool own = !owners_of(setting.path).empty();
        const bool part_of_targets = setting.group == SettingGroup::Targets;
        const bool begins_otherwise =
            part_of_targets ? other_targets : setting.get(before) != setting.get(after);
        const bool is_new = own && !has_setting(settings.method, setting.path);
        if (own && !has_setting(method, setting.path))
            setting.put(made, setting.initial(), setting.path);
        else if (is_new || begins_otherwise)
            setting.put(made, setting.get(wanted), setting.path);
    }
    return made;
}

} // namespace lora
