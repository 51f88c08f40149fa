// Calls of functions, methods and macros: what they are given, and what they give back.

#include "engine/templates/evaluator.h"
#include "engine/templates/items.h"
#include "engine/templates/methods.h"

#include <algorithm>
#include <utility>

namespace lora::jinja {

Arguments Evaluator::arguments(const CallArguments& given, const ScopePtr& scope) {
    Arguments found;
    for (const ExpressionPtr& part : given.positional) found.positional.push_back(evaluate(*part, scope));
    for (const auto& [name, part] : given.named) found.named.emplace_back(name, evaluate(*part, scope));
    if (given.all_of)
        for (Value& value : items_of(evaluate(*given.all_of, scope), budget()))
            found.positional.push_back(std::move(value));
    if (given.named_of) {
        const Value named = evaluate(*given.named_of, scope);
        const DictPtr* dict = named.as<DictPtr>();
        if (dict == nullptr) throw Refusal{"** of " + std::string(type_name(named)), "a dict"};
        budget().spend((*dict)->entries().size());
        for (const auto& [key, value] : (*dict)->entries()) {
            if (key.text() == nullptr) throw Refusal{"** of a dict with other keys than texts", "texts"};
            found.named.emplace_back(*key.text(), value);
        }
    }
    return found;
}

Value Evaluator::call(const Value& function, const Arguments& given) {
    if (const MethodPtr* method = function.as<MethodPtr>()) return call_method(**method, given, budget());
    if (const MacroPtr* macro = function.as<MacroPtr>()) return call_macro(**macro, given);
    if (const Function* found = function.as<Function>()) return call_function(*found, given, around_);
    if (const Undefined* missing = function.as<Undefined>())
        throw Refusal{missing->why ? *missing->why : "an undefined value", "a macro or function"};
    throw Refusal{"a call of " + std::string(type_name(function)), "a macro or function"};
}

Value Evaluator::call_with_caller(const Expression& expression, Value caller, const ScopePtr& scope) {
    return at(expression.offset, [&] {
        const auto& form = std::get<Call>(expression.form);
        const Value function = evaluate(*form.function, scope);
        Arguments given = arguments(form.arguments, scope);
        given.named.emplace_back("caller", std::move(caller));
        return call(function, given);
    });
}

void Evaluator::bind_surplus(const MacroDefinition& macro, const Arguments& given, Scope& scope) const {
    const std::size_t count = macro.parameters.size();
    std::vector<Value> surplus;
    if (given.positional.size() > count) {
        surplus.assign(given.positional.begin() + static_cast<std::ptrdiff_t>(count), given.positional.end());
        if (!macro.uses_varargs)
            throw Refusal{
                std::to_string(given.positional.size()) + " values for the macro '" + macro.name + "'",
                "at most " + std::to_string(count)};
    }
    Dict others;
    for (const auto& [name, value] : given.named) {
        const auto is_it = [&, &wanted = name](const Parameter& each) { return each.name == wanted; };
        const auto parameter = std::find_if(macro.parameters.begin(), macro.parameters.end(), is_it);
        const auto place = static_cast<std::size_t>(parameter - macro.parameters.begin());
        if (parameter != macro.parameters.end()) {
            if (place < given.positional.size())
                throw Refusal{"'" + name + "' twice for the macro '" + macro.name + "'", "it once"};
            scope.set(name, value);
        } else if (name == "caller" && macro.uses_caller) {
            scope.set(name, value);
        } else if (macro.uses_kwargs) {
            others.set(text(name), value, around_.budget);
        } else {
            throw Refusal{"'" + name + "=' for the macro '" + macro.name + "'", "one of its parameters"};
        }
    }
    if (macro.uses_varargs) scope.set("varargs", sequence(std::move(surplus), Sequence::Kind::Tuple));
    if (macro.uses_kwargs) scope.set("kwargs", dict(std::move(others)));
}

Value Evaluator::call_macro(const MacroValue& macro, const Arguments& given) {
    const MacroDefinition& definition = *macro.definition;
    const auto scope = std::make_shared<Scope>(macro.scope);
    if (definition.uses_caller) scope->set("caller", undefined("No caller defined"));
    for (std::size_t i = 0; i < definition.parameters.size() && i < given.positional.size(); ++i)
        scope->set(definition.parameters[i].name, given.positional[i]);
    bind_surplus(definition, given, *scope);
    for (std::size_t i = given.positional.size(); i < definition.parameters.size(); ++i) {
        const Parameter& parameter = definition.parameters[i];
        const auto is_it = [&](const auto& each) { return each.first == parameter.name; };
        if (std::any_of(given.named.begin(), given.named.end(), is_it)) continue;
        scope->set(parameter.name, parameter.otherwise
                                       ? evaluate(*parameter.otherwise, scope)
                                       : undefined("parameter '" + parameter.name + "' was not provided"));
    }
    const Value* const block = std::exchange(block_, nullptr);
    std::string rendered = capture_(definition.body, scope);
    block_ = block;
    return text(std::move(rendered));
}

} // namespace lora::jinja
