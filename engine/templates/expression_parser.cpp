#include "engine/templates/expression_parser.h"

#include "engine/templates/expression_depth.h"

#include <array>
#include <optional>
#include <utility>

namespace lora::jinja {

namespace {

template <std::size_t Count>
std::optional<Operator> operator_at(
    const TokenStream& tokens, const std::array<std::pair<std::string_view, Operator>, Count>& signs) {
    for (const auto& [sign, what] : signs)
        if (tokens.at_sign(sign)) return what;
    return {};
}

std::optional<Relation> relation_at(TokenStream& tokens) {
    static constexpr std::array<std::pair<std::string_view, Relation>, 6> signs{
        {{"==", Relation::Equal}, {"!=", Relation::Unequal}, {"<", Relation::Less},
            {"<=", Relation::LessOrEqual}, {">", Relation::Greater}, {">=", Relation::GreaterOrEqual}}};
    for (const auto& [sign, relation] : signs)
        if (tokens.skip_sign(sign)) return relation;
    if (tokens.skip_name("in")) return Relation::In;
    if (!tokens.at_name("not") || !tokens.at_name("in", 1)) return {};
    tokens.take();
    tokens.take();
    return Relation::NotIn;
}

} // namespace

std::size_t ExpressionParser::deeper(std::size_t offset) {
    // A bracket in a bracket takes a dozen calls.
    constexpr std::size_t most = most_nested / 2;
    if (level_ >= most)
        tokens_.source().refuse(offset, "expressions too deep in each other", "at most 100 levels");
    return level_ + 1;
}

ExpressionPtr ExpressionParser::make(std::size_t offset, decltype(Expression::form) form) {
    auto made =
        std::make_unique<Expression>(Expression{.form = std::move(form), .offset = offset, .depth = 1});
    made->depth = depth_of_form(made->form);
    if (made->depth > most_nested)
        tokens_.source().refuse(offset, "expressions too deep in each other", "at most 200 levels");
    return made;
}

ExpressionPtr ExpressionParser::expression() { return any(/*with_choice=*/true); }
ExpressionPtr ExpressionParser::without_choice() { return any(/*with_choice=*/false); }

ExpressionPtr ExpressionParser::any(bool with_choice) {
    const std::size_t before = std::exchange(level_, deeper(tokens_.offset()));
    ExpressionPtr value = disjunction();
    while (with_choice && tokens_.at_name("if")) {
        const std::size_t offset = tokens_.take().offset;
        ExpressionPtr test = disjunction();
        ExpressionPtr otherwise = tokens_.skip_name("else") ? expression() : nullptr;
        value = make(offset, Choice{std::move(test), std::move(value), std::move(otherwise)});
    }
    level_ = before;
    return value;
}

ExpressionPtr ExpressionParser::disjunction() {
    ExpressionPtr left = conjunction();
    while (tokens_.at_name("or")) {
        const std::size_t offset = tokens_.take().offset;
        ExpressionPtr right = conjunction();
        left = make(offset, Logic{/*is_and=*/false, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::conjunction() {
    ExpressionPtr left = negated();
    while (tokens_.at_name("and")) {
        const std::size_t offset = tokens_.take().offset;
        ExpressionPtr right = negated();
        left = make(offset, Logic{/*is_and=*/true, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::negated() {
    if (!tokens_.at_name("not")) return comparison();
    const std::size_t offset = tokens_.take().offset;
    const std::size_t before = std::exchange(level_, deeper(offset));
    ExpressionPtr value = make(offset, Not{negated()});
    level_ = before;
    return value;
}

ExpressionPtr ExpressionParser::comparison() {
    const std::size_t offset = tokens_.offset();
    ExpressionPtr first = sum();
    std::vector<std::pair<Relation, ExpressionPtr>> rest;
    while (const auto relation = relation_at(tokens_)) rest.emplace_back(*relation, sum());
    return rest.empty() ? std::move(first) : make(offset, Comparison{std::move(first), std::move(rest)});
}

ExpressionPtr ExpressionParser::sum() {
    static constexpr std::array<std::pair<std::string_view, Operator>, 2> signs{
        {{"+", Operator::Add}, {"-", Operator::Subtract}}};
    ExpressionPtr left = concatenation();
    while (const auto what = operator_at(tokens_, signs)) {
        const std::size_t offset = tokens_.take().offset;
        ExpressionPtr right = concatenation();
        left = make(offset, Arithmetic{*what, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::concatenation() {
    const std::size_t offset = tokens_.offset();
    std::vector<ExpressionPtr> parts;
    do parts.push_back(product());
    while (tokens_.skip_sign("~"));
    return parts.size() == 1 ? std::move(parts.front()) : make(offset, Concatenation{std::move(parts)});
}

ExpressionPtr ExpressionParser::product() {
    static constexpr std::array<std::pair<std::string_view, Operator>, 4> signs{{{"*", Operator::Multiply},
        {"/", Operator::Divide}, {"//", Operator::FloorDivide}, {"%", Operator::Modulo}}};
    ExpressionPtr left = power();
    while (const auto what = operator_at(tokens_, signs)) {
        const std::size_t offset = tokens_.take().offset;
        ExpressionPtr right = power();
        left = make(offset, Arithmetic{*what, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::power() {
    ExpressionPtr left = unary(/*with_filters=*/true);
    while (tokens_.at_sign("**")) {
        const std::size_t offset = tokens_.take().offset;
        ExpressionPtr right = unary(/*with_filters=*/true);
        left = make(offset, Arithmetic{Operator::Power, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::unary(bool with_filters) {
    const std::size_t offset = tokens_.offset();
    const std::size_t before = std::exchange(level_, deeper(offset));
    ExpressionPtr value;
    if (tokens_.skip_sign("-"))
        value = make(offset, Negation{unary(/*with_filters=*/false)});
    else if (tokens_.skip_sign("+"))
        value = unary(/*with_filters=*/false);
    else
        value = primary();
    value = postfix(std::move(value));
    level_ = before;
    return with_filters ? filtered(std::move(value)) : std::move(value);
}

} // namespace lora::jinja
