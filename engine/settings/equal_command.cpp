// The command line that a run's settings are equal to.

#include "engine/settings/schema.h"
#include "engine/settings/settings.h"

#include <string_view>

namespace lora {

namespace {

/// As a shell reads it back: bare where no character is special, else in single quotes.
std::string shell_word(std::string_view word) {
    static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                              "_@%+=:,./-";
    if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string(word);
    std::string text = "'";
    for (const char letter : word) letter == '\'' ? text.append("'\\''") : text.append(1, letter);
    return text + "'";
}

/// A value that begins with a hyphen would be taken for an option of its own.
std::string option(const std::string& name, const std::string& value) {
    return " --" + name + (value.starts_with('-') ? "=" : " ") + shell_word(value);
}

bool is_left_out(const Setting& setting, const RunSettings& settings) {
    if (setting.given_by_adapter && !settings.lora.adapter.empty()) return true;
    if (!setting.instead_of.empty() && !setting_at(setting.instead_of).get(settings).is_null()) return true;
    return setting.get(settings) == usual_value(setting, settings);
}

} // namespace

std::string equal_command(const RunSettings& settings, const std::string& run_folder) {
    std::string line = "lora train" + option("model", settings.model) + option("data", settings.data.train)
                       + option("out", run_folder.empty() ? "NEW-FOLDER" : run_folder);
    for (const Setting& setting : all_settings()) {
        if (setting.path == "model" || setting.path == "data.train" || is_left_out(setting, settings))
            continue;
        line += setting.kind == SettingKind::Flag ? " --" + setting.option
                                                  : option(setting.option, text_of(setting.get(settings)));
    }
    return line;
}

} // namespace lora
