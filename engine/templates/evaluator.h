#pragma once
// Evaluates expressions, and calls macros for which it is given a way to render their bodies.

#include "engine/templates/functions.h"
#include "engine/templates/scope.h"
#include "engine/templates/source.h"
#include "engine/templates/syntax.h"

#include <functional>
#include <memory>

namespace lora::jinja {

class Evaluator {
public:
    using ScopePtr = std::shared_ptr<Scope>;
    /// Renders a body in a scope apart from the output.
    using Capture = std::function<std::string(const Body&, const ScopePtr&)>;

    Evaluator(const Source& source, Surroundings around, Capture capture)
        : source_(source), around_(around), capture_(std::move(capture)) {}

    /// Throws Error with the place for whatever goes wrong.
    Value evaluate(const Expression& expression, const ScopePtr& scope);
    bool test(const Expression& expression, const ScopePtr& scope) {
        return truth(evaluate(expression, scope));
    }
    std::string printed(const Expression& expression, const ScopePtr& scope);
    /// `filters` over a block's text.
    Value filtered(const Expression& filters, Value block, const ScopePtr& scope);
    /// A call with `caller` beside its arguments.
    Value call_with_caller(const Expression& call, Value caller, const ScopePtr& scope);
    /// Throws Error for an attribute of what is no namespace, and for what cannot be unpacked.
    void assign(const Target& target, Value value, const ScopePtr& scope);

    /// Does something and makes an Error with the place of a Refusal or a Raised.
    template <class Work>
    decltype(auto) at(std::size_t offset, Work work) {
        try {
            return work();
        } catch (const Refusal& refusal) {
            source_.refuse(offset, refusal.found, refusal.expected);
        } catch (const Raised& raised) {
            refuse_raised(offset, raised.words);
        }
    }
    Budget& budget() { return around_.budget; }
    Surroundings& around() { return around_; }

private:
    struct Forms;

    [[noreturn]] void refuse_raised(std::size_t offset, const std::string& words) const;
    Value form(const Expression& expression, const ScopePtr& scope);
    Arguments arguments(const CallArguments& given, const ScopePtr& scope);
    Value call(const Value& function, const Arguments& given);
    Value call_macro(const MacroValue& macro, const Arguments& given);
    void bind_surplus(const MacroDefinition& macro, const Arguments& given, Scope& scope) const;

    const Source& source_;
    Surroundings around_;
    Capture capture_;
    const Value* block_ = nullptr; ///< the text of the block whose filters are evaluated
};

} // namespace lora::jinja
