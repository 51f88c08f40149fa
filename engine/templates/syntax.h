#pragma once
// A parsed template: statements and expressions, each with its place in the source.

#include "engine/templates/operators.h"
#include "engine/templates/value.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lora::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;
struct Statement;
using Body = std::vector<std::unique_ptr<const Statement>>;

/// `f(a, b=1, *list, **dict)`; the last two may be null.
struct CallArguments {
    std::vector<ExpressionPtr> positional;
    std::vector<std::pair<std::string, ExpressionPtr>> named;
    ExpressionPtr all_of;
    ExpressionPtr named_of;
};

struct Constant {
    Value value;
};
struct Variable {
    std::string name;
};
struct AttributeOf {
    ExpressionPtr value;
    std::string name;
};
struct ItemOf {
    ExpressionPtr value;
    ExpressionPtr key;
};
/// Missing bounds are null.
struct SliceOf {
    ExpressionPtr value;
    ExpressionPtr begin;
    ExpressionPtr end;
    ExpressionPtr step;
};
struct Call {
    ExpressionPtr function;
    CallArguments arguments;
};
/// `value` is null in {% filter %} and {% set %} blocks: there it is their text.
struct FilterOf {
    ExpressionPtr value;
    std::string name;
    CallArguments arguments;
};
struct TestOf {
    ExpressionPtr value;
    std::string name;
    CallArguments arguments;
};
struct Not {
    ExpressionPtr value;
};
struct Negation {
    ExpressionPtr value;
};
struct Arithmetic {
    Operator what;
    ExpressionPtr left;
    ExpressionPtr right;
};
/// `and`, or `or`: one of the two values.
struct Logic {
    bool is_and;
    ExpressionPtr left;
    ExpressionPtr right;
};
/// `a ~ b ~ c`.
struct Concatenation {
    std::vector<ExpressionPtr> parts;
};
enum class Relation { Equal, Unequal, Less, LessOrEqual, Greater, GreaterOrEqual, In, NotIn };
/// `a < b < c`.
struct Comparison {
    ExpressionPtr first;
    std::vector<std::pair<Relation, ExpressionPtr>> rest;
};
/// `then if test else otherwise`; without else it is undefined.
struct Choice {
    ExpressionPtr test;
    ExpressionPtr then;
    ExpressionPtr otherwise;
};
struct ListOf {
    std::vector<ExpressionPtr> items;
    bool is_tuple = false;
};
struct DictOf {
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
};

struct Expression {
    std::variant<Constant, Variable, AttributeOf, ItemOf, SliceOf, Call, FilterOf, TestOf, Not, Negation,
        Arithmetic, Logic, Concatenation, Comparison, Choice, ListOf, DictOf>
        form;
    std::size_t offset = 0;
    std::size_t depth = 1; ///< of the expressions in it
};

/// What a value is given to: a name, an attribute of a namespace, or several of these.
struct Target {
    std::string name;
    std::string attribute;     ///< of the namespace `name`; else empty
    std::vector<Target> parts; ///< not empty: the value is unpacked into these
    std::size_t offset = 0;
};

struct Parameter {
    std::string name;
    ExpressionPtr otherwise; ///< null: there is no default
};
/// What {% macro %} and {% call %} define. Jinja gives the three special names only to those that use them.
struct MacroDefinition {
    std::string name;
    std::vector<Parameter> parameters;
    Body body;
    bool uses_varargs = false;
    bool uses_kwargs = false;
    bool uses_caller = false;
};

struct Data {
    std::string text;
};
struct Output {
    ExpressionPtr value;
};
struct If {
    std::vector<std::pair<ExpressionPtr, Body>> branches;
    Body otherwise;
};
struct For {
    Target target;
    ExpressionPtr items;
    ExpressionPtr keep; ///< null: all
    Body body;
    Body otherwise;
};
struct Set {
    Target target;
    ExpressionPtr value;
};
/// The innermost FilterOf of `filters` has no value: it is the block's text. Null: there are no filters.
struct SetBlock {
    Target target;
    ExpressionPtr filters;
    Body body;
};
struct FilterBlock {
    ExpressionPtr filters;
    Body body;
};
struct Macro {
    std::shared_ptr<const MacroDefinition> definition;
};
struct CallBlock {
    ExpressionPtr call; ///< a Call
    std::shared_ptr<const MacroDefinition> caller;
};
struct With {
    std::vector<std::pair<Target, ExpressionPtr>> variables;
    Body body;
};
/// {% generation %}: what the model says.
struct Generation {
    Body body;
};
struct Break {};
struct Continue {};

struct Statement {
    std::variant<Data, Output, If, For, Set, SetBlock, FilterBlock, Macro, CallBlock, With, Generation, Break,
        Continue>
        form;
    std::size_t offset = 0;
};

} // namespace lora::jinja
