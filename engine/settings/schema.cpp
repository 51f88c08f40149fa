#include "engine/settings/schema.h"

#include "engine/error.h"
#include "engine/settings/rows.h"
#include "engine/settings/settings.h"

#include <algorithm>
#include <iterator>

namespace lora {

namespace {

void append(std::vector<Setting>& all, std::vector<Setting> rows) {
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
}

std::vector<Setting> made() {
    std::vector<Setting> all = model_rows();
    append(all, data_rows());
    all.push_back(method_row());
    for (const MethodSheet& sheet : method_sheets())
        for (const Setting& own : sheet.own) {
            const bool known = std::any_of(
                all.begin(), all.end(), [&](const Setting& each) { return each.path == own.path; });
            if (!known) all.push_back(Setting(own).in(SettingGroup::Method));
        }
    append(all, update_rows());
    append(all, training_rows());
    append(all, answer_rows());
    append(all, token_rows());
    return all;
}

} // namespace

const std::vector<Setting>& all_settings() {
    static const std::vector<Setting> all = made();
    return all;
}

const Setting* find_setting(const std::string& path) {
    const auto& all = all_settings();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Setting& each) { return each.path == path; });
    return found == all.end() ? nullptr : &*found;
}

const Setting& setting_at(const std::string& path) {
    const Setting* found = find_setting(path);
    if (found == nullptr) throw Error("no such setting: " + shown(path));
    return *found;
}

void assign(RunSettings& settings, const Setting& setting, const Json& value, const std::string& where) {
    setting.put(settings, value, where);
    if (!setting.instead_of.empty()) setting_at(setting.instead_of).put(settings, Json(), where);
}

Json usual_value(const Setting& setting, const RunSettings& settings) {
    return setting.usual ? setting.usual(settings) : setting.get(defaults_of(settings.method));
}

bool is_usual(const Setting& setting, const RunSettings& settings) {
    const Json value = setting.get(settings);
    return value == setting.initial() || (setting.usual && value == setting.usual(settings));
}

} // namespace lora
