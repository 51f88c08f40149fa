#pragma once
// A token of a vocabulary with scores, as SentencePiece and Unigram have it.

#include <cstdint>

namespace lora {

/// How a token may stand in a text.
enum class TokenUse : std::uint8_t {
    Scored, ///< by its score
    Always, ///< wherever its text stands: a symbol that the user defined
    Never,  ///< control and byte tokens, and those that are not used
};

struct ScoredToken {
    double score = 0; ///< Unigram: the logarithm of its probability; BPE: the higher one merges first
    TokenUse use = TokenUse::Scored;
};

} // namespace lora
