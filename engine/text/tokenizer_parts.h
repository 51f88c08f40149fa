#pragma once
// What a tokenizer is made of, whichever file it came from: normalizer → pre-tokenizer → model, and
// back.

#include "engine/text/added_tokens.h"
#include "engine/text/bpe.h"
#include "engine/text/decoder.h"
#include "engine/text/normalizers.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/sentence_piece_bpe.h"
#include "engine/text/tokenizer.h"
#include "engine/text/unigram.h"
#include "engine/text/word_level.h"
#include "engine/text/word_piece.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lora {

using TokenModel = std::variant<Bpe, WordPiece, Unigram, SentencePieceBpe, WordLevel>;

struct TokenizerParts {
    Normalizer normalizer;
    PreTokenizer pre_tokenizer;
    TokenModel model;
    AddedTokens added;
    TokenDecoder decoder;
    std::optional<TokenId> eos;
    std::optional<TokenId> bos;
    bool adds_bos = false;
    std::optional<TokenId> closing;
    std::optional<PairFrame> pair_frame;
    bool trims_spaces = false; ///< spaces around a token do not count as part of it where tokens are placed
    std::vector<TokenId> ends;
    std::vector<NamedText> special_tokens;
    std::vector<NamedText> chat_templates;
    std::string sha256; ///< of what it was read from

    const TokenTable& vocabulary() const {
        return std::visit([](const auto& each) -> const TokenTable& { return each.vocabulary(); }, model);
    }
};

} // namespace lora
