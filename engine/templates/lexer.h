#pragma once
// A template's text cut into tokens, with trim_blocks and lstrip_blocks as transformers sets them: the line
// end behind a statement goes, and so does the white space before one at the beginning of its line.

#include "engine/templates/source.h"
#include "engine/templates/value.h"

#include <cstddef>
#include <string>
#include <vector>

namespace lora::jinja {

struct Token {
    enum class Kind {
        Data,
        OutputBegin,
        OutputEnd,
        StatementBegin,
        StatementEnd,
        Name,
        String,
        Number,
        Sign,
        End
    };
    Kind kind = Kind::End;
    std::string text;       ///< a string's without quotes and escapes
    Value number;           ///< whole or not
    std::size_t offset = 0; ///< of its first byte in the source
};

/// Ends with Kind::End. Throws Error for what is no token.
std::vector<Token> tokens_of(const Source& source);

} // namespace lora::jinja
