#pragma once
// The vocabulary that a GGUF file carries in its metadata: tokenizer.ggml.tokens and what stands beside it.

#include "engine/files/gguf.h"
#include "engine/text/added_tokens.h"
#include "engine/text/scored_token.h"
#include "engine/text/token_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// Source: llama_token_type in llama.cpp's gguf-py.
enum GgufTokenType : std::int32_t {
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6
};

/// File and key, for messages.
std::string where_of(const GgufFile& file, std::string_view key);

/// All of these throw Error for lists that are absent where they must be there, too long, or not of one entry
/// for each token.
const std::vector<std::string>& tokens_of(const GgufFile& file);
std::vector<std::int64_t> types_of(const GgufFile& file); ///< all Normal where the file has none
/// A text that comes twice belongs to its first id.
TokenTable vocabulary_of(const std::vector<std::string>& tokens);
/// Control, unknown and user-defined tokens.
AddedTokens added_of(const GgufFile& file, const std::vector<std::int64_t>& types);
/// Only tokens of the type Normal stand by their score.
std::vector<ScoredToken> scored_tokens(const GgufFile& file, const std::vector<std::int64_t>& types);

/// The token that `key` names; none where it is absent. Throws Error for an id outside the vocabulary.
std::optional<TokenId> token_id(const GgufFile& file, std::string_view key);

} // namespace lora
