#include "engine/checkpoints/gguf_names.h"

namespace lora {

namespace {

constexpr std::string_view blocks_begin = "blk.";

std::string translated(std::string_view name, std::span<const NamePair> table) {
    for (const auto& [from, to] : table)
        if (name.starts_with(from)) return std::string(to) + std::string(name.substr(from.size()));
    return {};
}

std::string translated_back(std::string_view name, std::span<const NamePair> table) {
    for (const auto& [to, from] : table)
        if (name.starts_with(from)) return std::string(to) + std::string(name.substr(from.size()));
    return {};
}

} // namespace

std::string gguf_name(const std::string& checkpoint_name, const Dialect& dialect) {
    const std::string_view name = checkpoint_name;
    if (name.starts_with(dialect.blocks)) {
        const std::string_view rest = name.substr(dialect.blocks.size());
        const std::size_t dot = rest.find('.');
        if (dot != std::string_view::npos) {
            const std::string inner = translated(rest.substr(dot + 1), dialect.gguf.inside);
            if (!inner.empty())
                return std::string(blocks_begin) + std::string(rest.substr(0, dot)) + "." + inner;
        }
    }
    const std::string outer = translated(name, dialect.gguf.outside);
    return outer.empty() ? checkpoint_name : outer;
}

std::string checkpoint_name(const std::string& gguf_name, const Dialect& dialect) {
    const std::string_view name = gguf_name;
    if (!name.starts_with(blocks_begin)) return translated_back(name, dialect.gguf.outside);
    const std::string_view rest = name.substr(blocks_begin.size());
    const std::size_t dot = rest.find('.');
    const bool numbered = dot != std::string_view::npos && dot > 0
                          && rest.substr(0, dot).find_first_not_of("0123456789") == std::string_view::npos;
    const std::string inner =
        numbered ? translated_back(rest.substr(dot + 1), dialect.gguf.inside) : std::string();
    if (inner.empty()) return {};
    return std::string(dialect.blocks) + std::string(rest.substr(0, dot)) + "." + inner;
}

std::int64_t interleaved_heads(
    const std::string& gguf_name, std::int64_t heads, std::int64_t kv_heads, const Dialect& dialect) {
    if (!dialect.gguf.interleaves_rows) return 0;
    if (gguf_name.find(".attn_q.") != std::string::npos) return heads;
    return gguf_name.find(".attn_k.") != std::string::npos ? kv_heads : 0;
}

bool parts_groups(const std::string& gguf_name, const Dialect& dialect) {
    return dialect.gguf.parts_groups && gguf_name.find(".attn_qkv.") != std::string::npos;
}

} // namespace lora
