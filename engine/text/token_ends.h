#pragma once
// Which bytes of a piece each of its tokens stands for.

#include "engine/text/tokenizer_parts.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace lora {

/// For each of the tokens that `model` made of `piece`, where its bytes end. An unknown token reaches to
/// where the next known one begins.
std::vector<std::size_t> token_ends(
    const TokenModel& model, std::string_view piece, std::span<const TokenId> ids);

} // namespace lora
