// What a run is found by when somebody types. Declared in run_record.h.

#include "engine/runs/run_record.h"
#include "engine/settings/schema.h"
#include "engine/settings/setting_differences.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <sstream>

namespace lora {

namespace {

std::string lowered(std::string text) {
    for (char& letter : text)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return text;
}

std::string date_of(std::int64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm local{};
    char text[16] = "";
    if (localtime_r(&time, &local) == nullptr) return "";
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &local)};
}

} // namespace

std::string search_text(const RunListing& run) {
    std::string text = run.name + "\n" + date_of(run.changed) + "\n" + run.notes.text + "\n";
    for (const std::string& tag : run.notes.tags) text += "tag:" + tag + "\n";
    for (const auto& [place, value] : flat_settings(run.settings)) {
        const Setting* setting = find_setting(place);
        const bool is_path = setting != nullptr && setting->kind == SettingKind::Path;
        const std::string shown =
            is_path ? std::filesystem::path(value).filename().string() : value; // not the folders above it
        text += place.substr(place.rfind('.') + 1) + "=" + shown + "\n";
    }
    return lowered(text);
}

bool matches(const std::string& search_text, const std::string& words) {
    std::istringstream stream(lowered(words));
    for (std::string word; stream >> word;)
        if (search_text.find(word) == std::string::npos) return false;
    return true;
}

} // namespace lora
