#include "engine/checkpoints/dialect.h"

namespace lora {

std::vector<std::string> other_names(const std::string& name, const Dialect& dialect) {
    std::vector<std::string> names;
    for (const auto& [now, before] : dialect.old_endings)
        if (name.ends_with(now))
            names.push_back(name.substr(0, name.size() - now.size()) + std::string(before));
    if (dialect.base.empty() || !name.starts_with(dialect.base)) return names;
    const std::size_t old = names.size();
    names.push_back(name.substr(dialect.base.size()));
    for (std::size_t i = 0; i < old; ++i) names.push_back(names[i].substr(dialect.base.size()));
    return names;
}

bool is_transposed(std::string_view name, const Dialect& dialect) {
    if (!dialect.transposed) return false;
    const bool bare = !name.starts_with(dialect.base);
    return name.starts_with(bare ? dialect.blocks.substr(dialect.base.size()) : dialect.blocks);
}

} // namespace lora
