#include "engine/templates/parser.h"

#include "engine/templates/expression_parser.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace lora::jinja {

namespace {

class Parser {
public:
    explicit Parser(const Source& source) : tokens_(source), expressions_(tokens_) {}

    Body run() {
        Body body = statements({});
        if (!tokens_.at(Token::Kind::End)) tokens_.refuse("text or a tag");
        return body;
    }

private:
    using Names = std::initializer_list<std::string_view>;

    template <class Form>
    static std::unique_ptr<const Statement> make(std::size_t offset, Form form) {
        return std::make_unique<const Statement>(Statement{std::move(form), offset});
    }

    /// Everything up to a statement that is one of `ends`, which is left with its name as the next token.
    Body statements(Names ends) {
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

    /// What stands between a statement and its end, without both.
    Body block(std::string_view end) {
        Body body = block_until({end});
        tokens_.expect_name(end);
        close();
        return body;
    }

    Body block_until(Names ends) {
        tokens_.skip_sign(":");
        close();
        Body body = statements(ends);
        if (tokens_.at(Token::Kind::End)) tokens_.refuse("{% " + std::string(*(ends.end() - 1)) + " %}");
        return body;
    }

    void close() { tokens_.expect(Token::Kind::StatementEnd, "%}"); }

    std::unique_ptr<const Statement> statement(Names ends) {
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

    If choice() {
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

    For loop() {
        For found;
        found.target = expressions_.target();
        tokens_.expect_name("in");
        found.items = expressions_.tuple(/*with_choice=*/false);
        if (tokens_.skip_name("if")) found.keep = expressions_.expression();
        if (tokens_.at_name("recursive"))
            tokens_.refuse("a loop that is not recursive: those are not known here");
        ++loops_;
        found.body = block_until({"endfor", "else"});
        --loops_;
        if (tokens_.skip_name("else")) {
            found.otherwise = block("endfor");
        } else {
            tokens_.expect_name("endfor");
            close();
        }
        return found;
    }

    std::unique_ptr<const Statement> set(std::size_t offset) {
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

    /// A block whose text is kept apart: no break or continue leads out of it.
    Body without_jumps(std::string_view end) {
        const std::size_t loops = std::exchange(loops_, 0);
        Body body = block(end);
        loops_ = loops;
        return body;
    }

    std::vector<Parameter> parameters() {
        std::vector<Parameter> found;
        tokens_.expect_sign("(");
        while (!tokens_.at_sign(")")) {
            if (!found.empty()) tokens_.expect_sign(",");
            Parameter parameter{tokens_.expect(Token::Kind::Name, "a parameter's name").text, nullptr};
            if (tokens_.skip_sign("="))
                parameter.otherwise = expressions_.expression();
            else if (!found.empty() && found.back().otherwise != nullptr)
                tokens_.refuse("'=' and a default, as the parameter before has one");
            found.push_back(std::move(parameter));
        }
        tokens_.take();
        return found;
    }

    /// Reads the body, and sees which of the special names it uses.
    void read_body(MacroDefinition& definition, std::string_view end) {
        const std::set<std::string> outside = expressions_.take_names();
        definition.body = without_jumps(end);
        const std::set<std::string> inside = expressions_.take_names();
        definition.uses_varargs = inside.count("varargs") > 0;
        definition.uses_kwargs = inside.count("kwargs") > 0;
        definition.uses_caller = inside.count("caller") > 0;
        expressions_.add_names(outside);
        expressions_.add_names(inside);
    }

    std::shared_ptr<const MacroDefinition> macro() {
        auto definition = std::make_shared<MacroDefinition>();
        definition->name = tokens_.expect(Token::Kind::Name, "the macro's name").text;
        definition->parameters = parameters();
        read_body(*definition, "endmacro");
        return definition;
    }

    CallBlock call_block() {
        auto definition = std::make_shared<MacroDefinition>();
        definition->name = "caller";
        if (tokens_.at_sign("(")) definition->parameters = parameters();
        const std::size_t offset = tokens_.offset();
        ExpressionPtr call = expressions_.expression();
        if (!std::holds_alternative<Call>(call->form))
            tokens_.source().refuse(offset, "no call", "a macro that is called");
        read_body(*definition, "endcall");
        return {std::move(call), std::move(definition)};
    }

    FilterBlock filter_block() {
        ExpressionPtr filters = expressions_.filters(nullptr, /*begins_with_name=*/true);
        Body body = without_jumps("endfilter");
        return {std::move(filters), std::move(body)};
    }

    With with() {
        With found;
        while (!tokens_.at(Token::Kind::StatementEnd)) {
            if (!found.variables.empty()) tokens_.expect_sign(",");
            Target target = expressions_.target();
            tokens_.expect_sign("=");
            found.variables.emplace_back(std::move(target), expressions_.expression());
        }
        found.body = block("endwith");
        return found;
    }

    Generation generation() { return {without_jumps("endgeneration")}; }

    std::unique_ptr<const Statement> jump(std::size_t offset) {
        if (loops_ == 0) tokens_.refuse("a statement that stands outside of a loop");
        const bool breaks = tokens_.take().text == "break";
        close();
        return breaks ? make(offset, Break{}) : make(offset, Continue{});
    }

    TokenStream tokens_;
    ExpressionParser expressions_;
    std::size_t level_ = 0;
    std::size_t loops_ = 0;
};

} // namespace

Body parse_template(const Source& source) { return Parser(source).run(); }

} // namespace lora::jinja
