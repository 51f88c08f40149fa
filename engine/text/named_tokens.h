#pragma once
// The tokens of a folder that have a part to play, as its small files name them.

#include "engine/files/json.h"
#include "engine/text/tokenizer_parts.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// The id of a token's text; none for an empty one.
std::optional<TokenId> id_of(const TokenizerParts& parts, std::string_view token);

/// The token that tokenizer_config.json names under `key`, as a text or an object with `content`. Throws
/// Error for one that there is not.
std::optional<TokenId> named_token(
    const TokenizerParts& parts, const JsonFields& config, const std::string& key);

/// The ids of config.json under `key`, an integer or a list. Throws Error where the first is no token's.
std::vector<TokenId> numbered_tokens(
    const TokenizerParts& parts, const JsonFields& config, const std::string& key);

/// "bos_token" and the like with their texts: what transformers gives to chat templates. `legacy`:
/// special_tokens_map.json, which counts where tokenizer_config.json lists no added tokens.
std::vector<NamedText> special_tokens_of(
    const TokenizerParts& parts, const JsonFields& config, const JsonFields& legacy);

} // namespace lora
