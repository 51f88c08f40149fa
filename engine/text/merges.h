#pragma once
// Merges as most files write them: pairs of tokens in order of rank.

#include "engine/text/pair_map.h"
#include "engine/text/token_table.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace lora {

/// Adds the merge of number `rank`, counted from 0. `where` names the list. Throws Error with that number if
/// one of the two tokens or their join is not in the vocabulary. `prefix_bytes` of the right one, which mark
/// that it goes on inside a word, are not in the join.
void add_merge(PairMap& merges, const TokenTable& vocabulary, std::string_view left, std::string_view right,
    std::size_t rank, const std::string& where, std::size_t prefix_bytes = 0);

} // namespace lora
