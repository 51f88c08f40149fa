#include "engine/settings/wording.h"

#include "engine/settings/schema.h"

namespace lora {

namespace {

std::string option_words(const Setting& setting, const std::string& value) {
    return "--" + setting.option + (value.empty() ? "" : " " + value);
}

std::string label_words(const Setting& setting, const std::string& value) {
    if (value.empty()) return setting.label;
    std::string shown = value;
    for (const Choice& choice : setting.choices)
        if (choice.word == value) shown = choice.label;
    return setting.label + " “" + shown + "”";
}

/// Braces that name no setting stay as they are.
std::string in_words(
    const std::string& text, std::string (*words)(const Setting& setting, const std::string& value)) {
    std::string made;
    std::size_t done = 0;
    for (std::size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
        const std::size_t close = text.find('}', open);
        if (close == std::string::npos) break;
        const std::string inner = text.substr(open + 1, close - open - 1);
        const std::size_t equals = std::min(inner.find('='), inner.size());
        const Setting* setting = find_setting(inner.substr(0, equals));
        if (setting == nullptr) continue;
        made += text.substr(done, open - done);
        made += words(*setting, equals < inner.size() ? inner.substr(equals + 1) : "");
        done = close + 1;
    }
    return made + text.substr(done);
}

} // namespace

std::string in_options(const std::string& text) { return in_words(text, option_words); }
std::string in_labels(const std::string& text) { return in_words(text, label_words); }

std::string sentence(const Fault& fault) {
    return "{" + fault.setting + "}: found " + fault.found + ", expected " + fault.expected;
}

} // namespace lora
