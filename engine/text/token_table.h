#pragma once
// A vocabulary: token texts and their ids, each text and each id once.

#include "engine/text/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lora {

/// Ids of a file are refused from here on: no vocabulary is near it, and every id costs memory.
inline constexpr TokenId most_token_ids = 1 << 22;

/// Texts are found in constant time in both directions; ids may have holes.
class TokenTable {
public:
    TokenTable() = default;
    TokenTable(TokenTable&&) noexcept = default;
    TokenTable& operator=(TokenTable&&) noexcept = default;
    TokenTable(const TokenTable& other);
    TokenTable& operator=(const TokenTable& other);
    ~TokenTable() = default;

    void reserve(std::size_t count);
    /// `id` must be in [0, most_token_ids). False, and nothing is changed, if the text or the id is taken.
    bool add(std::string_view text, TokenId id);
    /// The same for a vocabulary where a text may come twice: the text is found as its last id. `id` must be
    /// free.
    void add_last(std::string_view text, TokenId id);

    std::optional<TokenId> find(std::string_view text) const;
    bool has(TokenId id) const;
    std::string_view text(TokenId id) const; ///< "" if no token has the id
    /// Highest id + 1.
    TokenId size() const { return static_cast<TokenId>(texts_.size()); }

private:
    void set_text(TokenId id, const std::string& text);

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, TokenId, Hash, std::equal_to<>> ids_;
    std::vector<const std::string*> texts_; // into the keys of ids_, which never move
};

} // namespace lora
