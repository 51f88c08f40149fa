// What an expression is made of: names, literals, lists and dicts; and what a value is given to.

#include "engine/templates/expression_parser.h"

#include <utility>

namespace lora::jinja {

ExpressionPtr ExpressionParser::primary() {
    const std::size_t offset = tokens_.offset();
    if (tokens_.at(Token::Kind::Name)) return named(tokens_.take());
    if (tokens_.at(Token::Kind::String)) return string();
    if (tokens_.at(Token::Kind::Number)) return make(offset, Constant{tokens_.take().number});
    if (tokens_.at_sign("[")) return list();
    if (tokens_.at_sign("{")) return dict();
    if (!tokens_.skip_sign("(")) tokens_.refuse("an expression");
    if (tokens_.skip_sign(")")) return make(offset, ListOf{{}, /*is_tuple=*/true});
    ExpressionPtr value = tuple();
    tokens_.expect_sign(")");
    return value;
}

ExpressionPtr ExpressionParser::named(const Token& token) {
    const std::string& name = token.text;
    if (name == "true" || name == "True") return make(token.offset, Constant{boolean(true)});
    if (name == "false" || name == "False") return make(token.offset, Constant{boolean(false)});
    if (name == "none" || name == "None") return make(token.offset, Constant{none()});
    names_.insert(name);
    return make(token.offset, Variable{name});
}

ExpressionPtr ExpressionParser::string() {
    const std::size_t offset = tokens_.offset();
    std::string joined;
    while (tokens_.at(Token::Kind::String)) joined += tokens_.take().text;
    return make(offset, Constant{text(std::move(joined))});
}

ExpressionPtr ExpressionParser::list() {
    const std::size_t offset = tokens_.take().offset;
    ListOf list;
    while (!tokens_.at_sign("]")) {
        if (!list.items.empty()) tokens_.expect_sign(",");
        if (tokens_.at_sign("]")) break;
        list.items.push_back(expression());
    }
    tokens_.expect_sign("]");
    return make(offset, std::move(list));
}

ExpressionPtr ExpressionParser::dict() {
    const std::size_t offset = tokens_.take().offset;
    DictOf dict;
    while (!tokens_.at_sign("}")) {
        if (!dict.entries.empty()) tokens_.expect_sign(",");
        if (tokens_.at_sign("}")) break;
        ExpressionPtr key = expression();
        tokens_.expect_sign(":");
        dict.entries.emplace_back(std::move(key), expression());
    }
    tokens_.expect_sign("}");
    return make(offset, std::move(dict));
}

ExpressionPtr ExpressionParser::tuple(bool with_choice) {
    const std::size_t offset = tokens_.offset();
    ExpressionPtr first = any(with_choice);
    if (!tokens_.at_sign(",")) return first;
    ListOf tuple{{}, /*is_tuple=*/true};
    tuple.items.push_back(std::move(first));
    const auto ends = [&] {
        return tokens_.at(Token::Kind::OutputEnd) || tokens_.at(Token::Kind::StatementEnd)
               || tokens_.at_sign(")");
    };
    while (tokens_.skip_sign(",") && !ends()) tuple.items.push_back(any(with_choice));
    return make(offset, std::move(tuple));
}

Target ExpressionParser::single_target() {
    const std::size_t offset = tokens_.offset();
    if (tokens_.skip_sign("(")) {
        const std::size_t before = std::exchange(level_, deeper(offset));
        Target inner = target();
        level_ = before;
        tokens_.expect_sign(")");
        return inner;
    }
    Target found;
    found.offset = offset;
    found.name = tokens_.expect(Token::Kind::Name, "a name to give the value to").text;
    if (tokens_.skip_sign("."))
        found.attribute = tokens_.expect(Token::Kind::Name, "an attribute's name").text;
    return found;
}

Target ExpressionParser::target() {
    const std::size_t offset = tokens_.offset();
    Target first = single_target();
    if (!tokens_.at_sign(",")) return first;
    Target several;
    several.offset = offset;
    several.parts.push_back(std::move(first));
    while (tokens_.skip_sign(",") && (tokens_.at(Token::Kind::Name) || tokens_.at_sign("("))
           && !tokens_.at_name("in"))
        several.parts.push_back(single_target());
    return several;
}

} // namespace lora::jinja
