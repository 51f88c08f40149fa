#include "engine/text/folder_templates.h"

#include "engine/error.h"
#include "engine/files/mapped_file.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_template_bytes = 1 << 20;
constexpr std::size_t most_templates = 64;

bool template_is_there(const fs::path& path) {
    std::error_code failure;
    return fs::exists(path, failure) || failure; // the opening of what cannot be looked at says why
}

std::vector<NamedText> template_files(const fs::path& folder) {
    std::vector<NamedText> found;
    if (template_is_there(folder / "chat_template.jinja")) {
        found.push_back(
            {"default", read_text((folder / "chat_template.jinja").string(), most_template_bytes)});
    }
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder / "additional_chat_templates", none)) {
        if (entry.path().extension() != ".jinja") {
            continue;
        }
        if (found.size() == most_templates) {
            fail((folder / "additional_chat_templates").string(), "more templates",
                "at most " + std::to_string(most_templates));
        }
        found.push_back(
            {entry.path().stem().string(), read_text(entry.path().string(), most_template_bytes)});
    }
    return found;
}

std::vector<NamedText> templates_in(const JsonFields& config) {
    const Json* value = config.find("chat_template");
    if (value == nullptr) {
        return {};
    }
    if (!value->is_array()) {
        return {{"default", config.string("chat_template")}};
    }
    std::vector<NamedText> found;
    for (const Json& item : *value) {
        const JsonFields named(item, config.where() + ": chat_template");
        found.push_back({named.string("name"), named.string("template")});
    }
    return found;
}

} // namespace

std::vector<NamedText> chat_templates_of(const std::string& folder, const JsonFields& tokenizer_config) {
    std::vector<NamedText> found = template_files(folder);
    if (found.empty()) {
        found = templates_in(tokenizer_config);
    }
    std::erase_if(found, [](const NamedText& each) { return each.text.empty(); });
    std::stable_sort(found.begin(), found.end(),
        [](const NamedText& one, const NamedText& other) { return one.name < other.name; });
    return found;
}

} // namespace lora
