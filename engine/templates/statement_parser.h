#pragma once
// Statements of a template, with the text and the outputs between them.

#include "engine/templates/expression_parser.h"
#include "engine/templates/source.h"
#include "engine/templates/syntax.h"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace lora::jinja {

/// Throws Error with line and column for what is not of Jinja or not of the part of it that is known here
/// (extends, include, import, block, autoescape, recursive loops are not).
Body parse_template(const Source& source);

class StatementParser {
public:
    explicit StatementParser(const Source& source) : tokens_(source), expressions_(tokens_) {}
    StatementParser(const StatementParser&) = delete; // the expressions read this one's tokens
    StatementParser& operator=(const StatementParser&) = delete;

    /// The whole template.
    Body run();

private:
    using Names = std::initializer_list<std::string_view>;

    template <class Form>
    static std::unique_ptr<const Statement> make(std::size_t offset, Form form) {
        return std::make_unique<const Statement>(Statement{std::move(form), offset});
    }

    /// Everything up to a statement that is one of `ends`, which is left with its name as the next token.
    Body statements(Names ends);
    /// What stands between a statement and its end, without both.
    Body block(std::string_view end);
    Body block_until(Names ends);
    void close();
    std::unique_ptr<const Statement> statement(Names ends);
    If choice();
    If branches();
    For loop();
    std::unique_ptr<const Statement> set(std::size_t offset);
    /// A block whose text is kept apart: no break or continue leads out of it.
    Body without_jumps(std::string_view end);
    std::vector<Parameter> parameters();
    /// Reads the body, and sees which of the special names it uses.
    void read_body(MacroDefinition& definition, std::string_view end);
    std::shared_ptr<const MacroDefinition> macro();
    CallBlock call_block();
    FilterBlock filter_block();
    With with();
    Generation generation();
    std::unique_ptr<const Statement> jump(std::size_t offset);

    TokenStream tokens_;
    ExpressionParser expressions_;
    std::size_t level_ = 0;
    std::size_t loops_ = 0;
};

} // namespace lora::jinja
