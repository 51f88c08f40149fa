// What stands behind a value: attributes, indices, calls, filters and tests.

#include "engine/templates/expression_parser.h"
#include "engine/templates/filters.h"
#include "engine/templates/value_tests.h"

#include <utility>

namespace lora::jinja {

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
        if (!in_branch_ && !is_filter(name.text))
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
    if (!in_branch_ && !is_test(name.text))
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

} // namespace lora::jinja
