// Statements whose text is kept apart until somebody asks for it: macros and the blocks that are handed to
// one, filtered blocks, and what a model said.

#include "engine/templates/statement_parser.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

namespace lora::jinja {

Body StatementParser::without_jumps(std::string_view end) {
    const std::size_t loops = std::exchange(loops_, 0);
    const bool outside = expressions_.set_in_branch(false);
    Body body = block(end);
    expressions_.set_in_branch(outside);
    loops_ = loops;
    return body;
}

std::vector<Parameter> StatementParser::parameters() {
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

void StatementParser::read_body(MacroDefinition& definition, std::string_view end) {
    const std::set<std::string> outside = expressions_.take_names();
    definition.body = without_jumps(end);
    const std::set<std::string> inside = expressions_.take_names();
    definition.uses_varargs = inside.count("varargs") > 0;
    definition.uses_kwargs = inside.count("kwargs") > 0;
    definition.uses_caller = inside.count("caller") > 0;
    expressions_.add_names(outside);
    expressions_.add_names(inside);
}

std::shared_ptr<const MacroDefinition> StatementParser::macro() {
    auto definition = std::make_shared<MacroDefinition>();
    definition->name = tokens_.expect(Token::Kind::Name, "the macro's name").text;
    definition->parameters = parameters();
    read_body(*definition, "endmacro");
    return definition;
}

CallBlock StatementParser::call_block() {
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

FilterBlock StatementParser::filter_block() {
    ExpressionPtr filters = expressions_.filters(nullptr, /*begins_with_name=*/true);
    Body body = without_jumps("endfilter");
    return {std::move(filters), std::move(body)};
}

Generation StatementParser::generation() { return {without_jumps("endgeneration")}; }

} // namespace lora::jinja
