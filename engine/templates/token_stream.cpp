#include "engine/templates/token_stream.h"

#include <algorithm>

namespace lora::jinja {

namespace {

std::string described(const Token& token) {
    switch (token.kind) {
    case Token::Kind::Data: return "text";
    case Token::Kind::OutputBegin: return "{{";
    case Token::Kind::OutputEnd: return "}}";
    case Token::Kind::StatementBegin: return "{%";
    case Token::Kind::StatementEnd: return "%}";
    case Token::Kind::End: return "the end of the template";
    case Token::Kind::String: return "a string";
    case Token::Kind::Number: return "a number";
    default: return "'" + token.text + "'";
    }
}

} // namespace

const Token& TokenStream::peek(std::size_t ahead) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

Token TokenStream::take() {
    Token token = peek();
    if (next_ + 1 < tokens_.size()) ++next_;
    return token;
}

bool TokenStream::at_sign(std::string_view sign, std::size_t ahead) const {
    return peek(ahead).kind == Token::Kind::Sign && peek(ahead).text == sign;
}

bool TokenStream::at_name(std::string_view name, std::size_t ahead) const {
    return peek(ahead).kind == Token::Kind::Name && peek(ahead).text == name;
}

bool TokenStream::skip_sign(std::string_view sign) {
    const bool found = at_sign(sign);
    if (found) take();
    return found;
}

bool TokenStream::skip_name(std::string_view name) {
    const bool found = at_name(name);
    if (found) take();
    return found;
}

Token TokenStream::expect(Token::Kind kind, std::string_view what) {
    if (!at(kind)) refuse(what);
    return take();
}

void TokenStream::expect_sign(std::string_view sign) {
    if (!skip_sign(sign)) refuse("'" + std::string(sign) + "'");
}

void TokenStream::expect_name(std::string_view name) {
    if (!skip_name(name)) refuse("'" + std::string(name) + "'");
}

void TokenStream::refuse(std::string_view expected) const {
    source_.refuse(offset(), described(peek()), expected);
}

} // namespace lora::jinja
