#include "engine/text/token_table.h"

namespace lora {

void TokenTable::reserve(std::size_t count) {
    ids_.reserve(count);
    texts_.reserve(count);
}

TokenTable::TokenTable(const TokenTable& other) : ids_(other.ids_), texts_(other.texts_) {
    for (const std::string*& text : texts_)
        if (text != nullptr) text = &ids_.find(std::string_view(*text))->first;
}

TokenTable& TokenTable::operator=(const TokenTable& other) {
    if (this != &other) *this = TokenTable(other);
    return *this;
}

bool TokenTable::add(std::string_view text, TokenId id) {
    if (has(id)) {
        return false;
    }
    const auto [entry, is_new] = ids_.try_emplace(std::string(text), id);
    if (!is_new) {
        return false;
    }
    set_text(id, entry->first);
    return true;
}

void TokenTable::add_last(std::string_view text, TokenId id) {
    const auto entry = ids_.insert_or_assign(std::string(text), id).first;
    set_text(id, entry->first);
}

void TokenTable::set_text(TokenId id, const std::string& text) {
    const auto index = static_cast<std::size_t>(id);
    if (index >= texts_.size()) {
        texts_.resize(index + 1, nullptr);
    }
    texts_[index] = &text;
}

std::optional<TokenId> TokenTable::find(std::string_view text) const {
    const auto entry = ids_.find(text);
    return entry == ids_.end() ? std::nullopt : std::optional(entry->second);
}

bool TokenTable::has(TokenId id) const {
    return id >= 0 && id < size() && texts_[static_cast<std::size_t>(id)] != nullptr;
}

std::string_view TokenTable::text(TokenId id) const {
    return has(id) ? std::string_view(*texts_[static_cast<std::size_t>(id)]) : std::string_view();
}

} // namespace lora
