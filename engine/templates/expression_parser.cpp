#include "engine/templates/expression_parser.h"

#include "engine/templates/expression_depth.h"
#include "engine/templates/filters.h"
#include "engine/templates/value_tests.h"

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

template <class Form>
ExpressionPtr ExpressionParser::make(std::size_t offset, Form form) {
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

ExpressionPtr ExpressionParser::postfix(ExpressionPtr value) {
    for (;;) {
        if (tokens_.at_sign("."))
            value = attribute(std::move(value));
        else if (tokens_.at_sign("["))
            value = subscript(std::move(value));
        else if (tokens_.at_sign("("))
            value = call(std::move(value));
        else
            return value;
    }
}

ExpressionPtr ExpressionParser::filtered(ExpressionPtr value) {
    for (;;) {
        if (tokens_.at_sign("|"))
            value = filters(std::move(value), /*begins_with_name=*/false);
        else if (tokens_.at_name("is"))
            value = test(std::move(value));
        else if (tokens_.at_sign("("))
            value = call(std::move(value));
        else
            return value;
    }
}

ExpressionPtr ExpressionParser::attribute(ExpressionPtr value) {
    const std::size_t offset = tokens_.take().offset;
    if (tokens_.at(Token::Kind::Name))
        return make(offset, AttributeOf{std::move(value), tokens_.take().text});
    if (!tokens_.at(Token::Kind::Number) || !whole(tokens_.peek().number))
        tokens_.refuse("a name or a whole number");
    ExpressionPtr key = make(tokens_.offset(), Constant{tokens_.take().number});
    return make(offset, ItemOf{std::move(value), std::move(key)});
}

ExpressionPtr ExpressionParser::subscript(ExpressionPtr value) {
    const std::size_t offset = tokens_.take().offset;
    const auto bound = [&]() -> ExpressionPtr {
        return tokens_.at_sign(":") || tokens_.at_sign("]") ? nullptr : expression();
    };
    ExpressionPtr first = bound();
    if (!tokens_.at_sign(":")) {
        if (first == nullptr || !tokens_.at_sign("]")) tokens_.refuse("one index or slice and ']'");
        tokens_.take();
        return make(offset, ItemOf{std::move(value), std::move(first)});
    }
    tokens_.take();
    ExpressionPtr end = bound();
    ExpressionPtr step = tokens_.skip_sign(":") ? bound() : nullptr;
    tokens_.expect_sign("]");
    return make(offset, SliceOf{std::move(value), std::move(first), std::move(end), std::move(step)});
}

ExpressionPtr ExpressionParser::call(ExpressionPtr value) {
    const std::size_t offset = tokens_.offset();
    CallArguments given = arguments();
    return make(offset, Call{std::move(value), std::move(given)});
}

void ExpressionParser::argument(CallArguments& into) {
    const std::size_t offset = tokens_.offset();
    const bool named_follow = into.named_of != nullptr;
    if (tokens_.skip_sign("*")) {
        if (into.all_of || named_follow) tokens_.source().refuse(offset, "a second '*'", "one");
        into.all_of = expression();
    } else if (tokens_.skip_sign("**")) {
        if (named_follow) tokens_.source().refuse(offset, "a second '**'", "one");
        into.named_of = expression();
    } else if (tokens_.at(Token::Kind::Name) && tokens_.at_sign("=", 1)) {
        std::string name = tokens_.take().text;
        tokens_.take();
        into.named.emplace_back(std::move(name), expression());
    } else {
        if (!into.named.empty() || into.all_of || named_follow)
            tokens_.source().refuse(offset, "a value behind named ones", "it before them");
        into.positional.push_back(expression());
    }
}

CallArguments ExpressionParser::arguments() {
    CallArguments found;
    tokens_.expect_sign("(");
    while (!tokens_.at_sign(")")) {
        argument(found);
        if (!tokens_.at_sign(")")) tokens_.expect_sign(",");
    }
    tokens_.take();
    return found;
}

ExpressionPtr ExpressionParser::filters(ExpressionPtr value, bool begins_with_name) {
    while (begins_with_name || tokens_.skip_sign("|")) {
        begins_with_name = false;
        const Token name = tokens_.expect(Token::Kind::Name, "the name of a filter");
        if (!is_filter(name.text))
            tokens_.source().refuse(
                name.offset, "the filter '" + name.text + "'", "a filter that is known here");
        CallArguments given = tokens_.at_sign("(") ? arguments() : CallArguments{};
        value = make(name.offset, FilterOf{std::move(value), name.text, std::move(given)});
    }
    return value;
}

ExpressionPtr ExpressionParser::test(ExpressionPtr value) {
    const std::size_t offset = tokens_.take().offset;
    const bool negated = tokens_.skip_name("not");
    const Token name = tokens_.expect(Token::Kind::Name, "the name of a test");
    if (!is_test(name.text))
        tokens_.source().refuse(name.offset, "the test '" + name.text + "'", "a test that is known here");
    CallArguments given;
    const Token& next = tokens_.peek();
    const bool takes_value =
        next.kind == Token::Kind::String || next.kind == Token::Kind::Number || tokens_.at_sign("[")
        || tokens_.at_sign("{")
        || (next.kind == Token::Kind::Name && next.text != "else" && next.text != "or" && next.text != "and");
    if (tokens_.at_sign("(")) {
        given = arguments();
    } else if (takes_value) {
        if (tokens_.at_name("is")) tokens_.refuse("one test at a time");
        given.positional.push_back(postfix(primary()));
    }
    ExpressionPtr tested = make(offset, TestOf{std::move(value), name.text, std::move(given)});
    return negated ? make(offset, Not{std::move(tested)}) : std::move(tested);
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
