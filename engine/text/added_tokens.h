#pragma once
// Added tokens written in a text: found before anything is split, the longest at the leftmost place.
// Source: the behaviour of `tokenizers`' added vocabulary, flag by flag.

#include "engine/text/normalizers.h"
#include "engine/text/tokenizer.h"

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lora {

struct AddedToken {
    std::string content;
    TokenId id = 0;
    bool special = false;     ///< left out of decoded text
    bool single_word = false; ///< only where no word character is beside it
    bool left_strip = false;  ///< takes the white space before it
    bool right_strip = false; ///< takes the white space after it
    bool normalized = false;  ///< looked for in the normalized text
};

/// Limits for lists from files.
inline constexpr std::size_t most_added_tokens = 1 << 18;
inline constexpr std::size_t longest_added_token_bytes = 1024;

/// Finds any of a set of tokens in a text by a trie over bytes.
class TokenFinder {
public:
    /// Adds a text to look for; an empty one is never found. The later of two equal texts counts.
    void add(std::string_view text, const AddedToken& token);

    /// A part of the text: a token, or (id absent) what lies between tokens.
    struct Part {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::optional<TokenId> id;
    };
    /// Parts in order, none empty. They cover the text, but for white space that a token took.
    std::vector<Part> parts(std::string_view text) const;

private:
    struct Flags {
        TokenId id = 0;
        bool single_word = false;
        bool left_strip = false;
        bool right_strip = false;
    };
    struct Match {
        std::size_t end = 0;
        const Flags* flags = nullptr;
    };
    Match longest_at(std::string_view text, std::size_t begin) const;
    std::size_t next_candidate(std::string_view text, std::size_t from) const;

    std::array<bool, 256> begins_{};
    std::vector<unsigned char> first_bytes_;
    std::unordered_map<std::uint64_t, std::uint32_t> next_; // node · 256 + byte → node; the root is 0
    std::vector<std::int64_t> ends_{-1};                    // node → index in flags_, or -1
    std::vector<Flags> flags_;
};

/// The added tokens of a tokenizer, by id and by text.
class AddedTokens {
public:
    AddedTokens() = default;
    /// Texts are unique. `where` names the file. Throws Error if there are too many or one is too long.
    AddedTokens(std::vector<AddedToken> tokens, const Normalizer& normalizer, const std::string& where);

    const TokenFinder& raw() const { return raw_; }               ///< looked for before the normalizer
    const TokenFinder& normalized() const { return normalized_; } ///< looked for after it
    const std::vector<AddedToken>& all() const { return tokens_; }
    const AddedToken* find(TokenId id) const;
    const AddedToken* find(std::string_view content) const;
    TokenId size() const { return size_; } ///< highest id + 1

private:
    std::vector<AddedToken> tokens_;
    std::unordered_map<TokenId, std::size_t> by_id_;
    std::unordered_map<std::string, std::size_t> by_content_;
    TokenFinder raw_;
    TokenFinder normalized_;
    TokenId size_ = 0;
};

} // namespace lora
