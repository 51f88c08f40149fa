#include "engine/text/merges.h"

#include "engine/error.h"

#include <algorithm>
#include <cstdint>

namespace lora {

namespace {

TokenId token_of_merge(
    const TokenTable& vocabulary, std::string_view token, std::size_t rank, const std::string& where) {
    const auto id = vocabulary.find(token);
    if (!id) {
        fail(where + ": merge " + std::to_string(rank), "the token '" + shown(token) + "'",
            "tokens of the vocabulary");
    }
    return *id;
}

} // namespace

void add_merge(PairMap& merges, const TokenTable& vocabulary, std::string_view left, std::string_view right,
    std::size_t rank, const std::string& where, std::size_t prefix_bytes) {
    const TokenId left_id = token_of_merge(vocabulary, left, rank, where);
    const TokenId right_id = token_of_merge(vocabulary, right, rank, where);
    std::string join(left);
    join += right.substr(std::min(prefix_bytes, right.size()));
    const TokenId merged = token_of_merge(vocabulary, join, rank, where);
    merges.set(left_id, right_id, {static_cast<std::uint32_t>(rank), merged});
}

} // namespace lora
