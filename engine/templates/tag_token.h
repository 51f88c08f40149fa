#pragma once
// The tokens within {{ }} and {% %}: names, numbers, strings and signs.

#include "engine/templates/lexer.h"

#include <cstddef>
#include <string>

namespace lora::jinja {

/// The token that begins at `at`, which is moved behind it. `open`: the closing brackets that are still to
/// come, the next one last. Throws Error for what is no token.
Token tag_token(const Source& source, std::size_t& at, std::string& open);

} // namespace lora::jinja
