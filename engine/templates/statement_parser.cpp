#include "engine/templates/statement_parser.h"

#include <algorithm>

namespace lora::jinja {

Body parse_template(const Source& source) { return StatementParser(source).run(); }

Body StatementParser::run() {
    Body body = statements({});
    if (!tokens_.at(Token::Kind::End)) tokens_.refuse("text or a tag");
    return body;
}

Body StatementParser::statements(Names ends) {
    constexpr std::size_t most = most_nested / 2;
    if (++level_ > most) tokens_.refuse("statements at most 100 levels deep");
    Body body;
    while (!tokens_.at(Token::Kind::End)) {
        const std::size_t offset = tokens_.offset();
        if (tokens_.at(Token::Kind::Data)) {
            body.push_back(make(offset, Data{tokens_.take().text}));
        } else if (tokens_.at(Token::Kind::OutputBegin)) {
            tokens_.take();
            body.push_back(make(offset, Output{expressions_.tuple()}));
            tokens_.expect(Token::Kind::OutputEnd, "}}");
        } else {
            tokens_.expect(Token::Kind::StatementBegin, "a tag");
            const auto is_end = [&](std::string_view name) { return tokens_.at_name(name); };
            if (std::any_of(ends.begin(), ends.end(), is_end)) break;
            body.push_back(statement(ends));
        }
    }
    --level_;
    return body;
}

Body StatementParser::block(std::string_view end) {
    Body body = block_until({end});
    tokens_.expect_name(end);
    close();
    return body;
}

Body StatementParser::block_until(Names ends) {
    tokens_.skip_sign(":");
    close();
    Body body = statements(ends);
    if (tokens_.at(Token::Kind::End)) tokens_.refuse("{% " + std::string(*(ends.end() - 1)) + " %}");
    return body;
}

void StatementParser::close() { tokens_.expect(Token::Kind::StatementEnd, "%}"); }

std::unique_ptr<const Statement> StatementParser::statement(Names ends) {
    const std::size_t offset = tokens_.offset();
    if (tokens_.skip_name("if")) return make(offset, choice());
    if (tokens_.skip_name("for")) return make(offset, loop());
    if (tokens_.skip_name("set")) return set(offset);
    if (tokens_.skip_name("macro")) return make(offset, Macro{macro()});
    if (tokens_.skip_name("call")) return make(offset, call_block());
    if (tokens_.skip_name("filter")) return make(offset, filter_block());
    if (tokens_.skip_name("with")) return make(offset, with());
    if (tokens_.skip_name("generation")) return make(offset, generation());
    if (tokens_.at_name("break") || tokens_.at_name("continue")) return jump(offset);
    std::string expected = "a statement";
    for (const std::string_view end : ends) expected.append(" or ").append(end);
    tokens_.refuse(expected);
}

If StatementParser::choice() {
    const bool outside = expressions_.set_in_branch(true);
    If found = branches();
    expressions_.set_in_branch(outside);
    return found;
}

If StatementParser::branches() {
    If found;
    ExpressionPtr test = expressions_.tuple(/*with_choice=*/false);
    for (;;) {
        Body body = block_until({"elif", "else", "endif"});
        found.branches.emplace_back(std::move(test), std::move(body));
        if (tokens_.skip_name("endif")) break;
        if (tokens_.skip_name("else")) {
            found.otherwise = block("endif");
            return found;
        }
        tokens_.expect_name("elif");
        test = expressions_.tuple(/*with_choice=*/false);
    }
    close();
    return found;
}

For StatementParser::loop() {
    For found;
    found.target = expressions_.target();
    tokens_.expect_name("in");
    found.items = expressions_.tuple(/*with_choice=*/false);
    if (tokens_.skip_name("if")) found.keep = expressions_.expression();
    if (tokens_.at_name("recursive"))
        tokens_.refuse("a loop that is not recursive: those are not known here");
    const bool outside = expressions_.set_in_branch(false); // for Jinja its body stands for itself
    ++loops_;
    found.body = block_until({"endfor", "else"});
    --loops_;
    if (tokens_.skip_name("else")) {
        found.otherwise = block("endfor");
    } else {
        tokens_.expect_name("endfor");
        close();
    }
    expressions_.set_in_branch(outside);
    return found;
}

std::unique_ptr<const Statement> StatementParser::set(std::size_t offset) {
    Target target = expressions_.target();
    if (tokens_.skip_sign("=")) {
        ExpressionPtr value = expressions_.tuple();
        close();
        return make(offset, Set{std::move(target), std::move(value)});
    }
    ExpressionPtr filters = expressions_.filters(nullptr, /*begins_with_name=*/false);
    Body body = without_jumps("endset");
    return make(offset, SetBlock{std::move(target), std::move(filters), std::move(body)});
}

With StatementParser::with() {
    With found;
    while (!tokens_.at(Token::Kind::StatementEnd)) {
        if (!found.variables.empty()) tokens_.expect_sign(",");
        Target target = expressions_.target();
        tokens_.expect_sign("=");
        found.variables.emplace_back(std::move(target), expressions_.expression());
    }
    const bool outside = expressions_.set_in_branch(false);
    found.body = block("endwith");
    expressions_.set_in_branch(outside);
    return found;
}

std::unique_ptr<const Statement> StatementParser::jump(std::size_t offset) {
    if (loops_ == 0) tokens_.refuse("a statement that stands outside of a loop");
    const bool breaks = tokens_.take().text == "break";
    close();
    return breaks ? make(offset, Break{}) : make(offset, Continue{});
}

} // namespace lora::jinja
