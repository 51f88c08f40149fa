#pragma once
// The tokens of a template, taken one after the other.

#include "engine/templates/lexer.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lora::jinja {

class TokenStream {
public:
    explicit TokenStream(const Source& source) : source_(source), tokens_(tokens_of(source)) {}

    /// The token `ahead` of the next one.
    const Token& peek(std::size_t ahead = 0) const;
    Token take();
    bool at(Token::Kind kind) const { return peek().kind == kind; }
    bool at_sign(std::string_view sign, std::size_t ahead = 0) const;
    bool at_name(std::string_view name, std::size_t ahead = 0) const;
    /// Takes the next token if it is this one.
    bool skip_sign(std::string_view sign);
    bool skip_name(std::string_view name);
    /// Each throws Error where the next token is another.
    Token expect(Token::Kind kind, std::string_view what);
    void expect_sign(std::string_view sign);
    void expect_name(std::string_view name);
    std::size_t offset() const { return peek().offset; }
    /// Throws Error that shows the next token.
    [[noreturn]] void refuse(std::string_view expected) const;
    const Source& source() const { return source_; }

private:
    const Source& source_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
};

} // namespace lora::jinja
