#pragma once
// Tokens that a run gives the vocabulary, and whose rows of the embedding and the head it trains.

#include <string>
#include <vector>

namespace lora {

struct TokenSettings {
    std::string added;    ///< a comma list of their texts; empty: none
    bool special = false; ///< left out of answers, and looked for in the text as it is
    bool operator==(const TokenSettings&) const = default;
};

inline constexpr std::size_t most_new_tokens = 1000;
inline constexpr std::size_t longest_new_token_bytes = 256;

/// The texts, white space around each left out.
std::vector<std::string> listed_tokens(const std::string& list);
/// What is wrong with such a list, as what is expected in its place; empty: nothing.
std::string fault_of_token_list(const std::string& list);

} // namespace lora
