#pragma once
// What a tokenizer is made of, whichever file it came from: normalizer → pre-tokenizer → merges, and back.

#include "engine/text/added_tokens.h"
#include "engine/text/bpe.h"
#include "engine/text/decoder.h"
#include "engine/text/normalizers.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/tokenizer.h"

#include <optional>
#include <string>

namespace lora {

struct TokenizerParts {
    Normalizer normalizer;
    PreTokenizer pre_tokenizer;
    Bpe model;
    AddedTokens added;
    Decoder decoder;
    std::optional<TokenId> eos;
    std::optional<TokenId> bos;
    bool adds_bos = false;
    std::string chat_template;
};

} // namespace lora
