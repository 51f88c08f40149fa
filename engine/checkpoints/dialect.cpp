#include "engine/checkpoints/dialect.h"

#include <algorithm>

namespace lora {

std::vector<std::string> other_names(const std::string& name, const Dialect& dialect) {
    std::vector<std::string> names;
    for (const auto& [now, before] : dialect.old_endings)
        if (name.ends_with(now))
            names.push_back(name.substr(0, name.size() - now.size()) + std::string(before));
    if (!dialect.base.empty() && name.starts_with(dialect.base)) {
        const std::size_t old = names.size();
        names.push_back(name.substr(dialect.base.size()));
        for (std::size_t i = 0; i < old; ++i) names.push_back(names[i].substr(dialect.base.size()));
    }
    for (const auto& [now, before] : dialect.old_beginnings)
        if (name.starts_with(now)) names.push_back(std::string(before) + name.substr(now.size()));
    return names;
}

bool is_of_other_part(std::string_view name, const Dialect& dialect) {
    if (dialect.text_part.empty()) return false;
    const std::string_view bare = dialect.text_part.substr(dialect.base.size());
    const bool of_text =
        name.starts_with(dialect.text_part) || name.starts_with(bare) || name.starts_with(dialect.head);
    return !of_text
           && std::none_of(dialect.old_beginnings.begin(), dialect.old_beginnings.end(),
               [&](const OldBeginning& beginning) { return name.starts_with(beginning.before); });
}

bool is_transposed(std::string_view name, const Dialect& dialect) {
    if (!dialect.transposed) return false;
    const bool bare = !name.starts_with(dialect.base);
    return name.starts_with(bare ? dialect.blocks.substr(dialect.base.size()) : dialect.blocks);
}

} // namespace lora
