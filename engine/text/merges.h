#pragma once
// The two ways files write merges: pairs in order of rank, and scores of the merged tokens.

#include "engine/text/pair_map.h"
#include "engine/text/token_table.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// Adds the merge of number `rank`, counted from 0. `where` names the list. Throws Error with that number if
/// one of the two tokens or their join is not in the vocabulary.
void add_merge(PairMap& merges, const TokenTable& vocabulary, std::string_view left, std::string_view right,
    std::size_t rank, const std::string& where);

/// Every pair of tokens that joins to a token merges, the one with the higher score first: SentencePiece's
/// BPE. Both vectors have an entry for each id; `may_merge` is false for control, byte and unused tokens.
/// Tokens longer than 256 bytes never come out of a merge.
PairMap merges_by_score(
    const TokenTable& vocabulary, const std::vector<double>& scores, const std::vector<bool>& may_merge);

} // namespace lora
