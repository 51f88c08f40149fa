#pragma once
// Expressions of a template, with Jinja's precedence.

#include "engine/templates/syntax.h"
#include "engine/templates/token_stream.h"

#include <set>
#include <string>

namespace lora::jinja {

class ExpressionParser {
public:
    /// `tokens` must outlive it.
    explicit ExpressionParser(TokenStream& tokens) : tokens_(tokens) {}

    /// Each throws Error for what is no expression or lies too deep.
    ExpressionPtr expression();
    /// One without `if`, as in {% for x in … if … %}.
    ExpressionPtr without_choice();
    /// One or, with commas, a tuple.
    ExpressionPtr tuple(bool with_choice = true);
    /// `name(arguments) | name …` over `value`, which may be null.
    ExpressionPtr filters(ExpressionPtr value, bool begins_with_name);
    Target target();

    /// What stands in a branch of {% if %} may never be reached: there a filter or a test of an unknown name
    /// is refused once it is, as Jinja does. Gives what was set before.
    bool set_in_branch(bool in_branch) { return std::exchange(in_branch_, in_branch); }

    /// The names of variables that were read since the last call.
    std::set<std::string> take_names() { return std::exchange(names_, {}); }
    void add_names(const std::set<std::string>& names) { names_.insert(names.begin(), names.end()); }

private:
    ExpressionPtr make(std::size_t offset, decltype(Expression::form) form);
    std::size_t deeper(std::size_t offset);

    ExpressionPtr any(bool with_choice);
    ExpressionPtr disjunction();
    ExpressionPtr conjunction();
    ExpressionPtr negated();
    ExpressionPtr comparison();
    ExpressionPtr sum();
    ExpressionPtr concatenation();
    ExpressionPtr product();
    ExpressionPtr power();
    ExpressionPtr unary(bool with_filters);
    ExpressionPtr primary();
    ExpressionPtr named(const Token& token);
    ExpressionPtr string();
    ExpressionPtr list();
    ExpressionPtr dict();
    ExpressionPtr postfix(ExpressionPtr value);
    ExpressionPtr filtered(ExpressionPtr value);
    ExpressionPtr attribute(ExpressionPtr value);
    ExpressionPtr subscript(ExpressionPtr value);
    ExpressionPtr call(ExpressionPtr value);
    ExpressionPtr test(ExpressionPtr value);
    CallArguments arguments();
    void argument(CallArguments& into);
    Target single_target();

    TokenStream& tokens_;
    std::set<std::string> names_;
    std::size_t level_ = 0;
    bool in_branch_ = false;
};

} // namespace lora::jinja
