#pragma once
// Which pairs of SentencePiece's tokens merge.

#include "engine/text/merging.h"
#include "engine/text/scored_token.h"
#include "engine/text/token_table.h"

#include <vector>

namespace lora {

/// All pairs whose join is a token, the higher its score the lower its rank. `tokens` has an entry for each
/// id of the vocabulary. Characters that have no token and are in such a pair are added to `lone`; their
/// symbols begin behind the vocabulary's ids.
PairMap sentence_piece_pairs(
    const TokenTable& vocabulary, const std::vector<ScoredToken>& tokens, TokenTable& lone);

} // namespace lora
