#pragma once
// The variables that a place in a template sees.

#include "engine/templates/syntax.h"
#include "engine/templates/value.h"

#include <memory>
#include <string>
#include <unordered_map>

namespace lora::jinja {

/// A loop's pass, a macro's call or a block has its own; what is set there is gone at its end.
class Scope {
public:
    /// `parent` may be null. Throws Refusal where they lie too deep in each other.
    explicit Scope(std::shared_ptr<Scope> parent);

    void set(const std::string& name, Value value) { variables_[name] = std::move(value); }
    /// Null where no scope around has it.
    const Value* find(const std::string& name, Budget& budget) const;
    /// Lets go of what it holds.
    void clear() { variables_.clear(); }

private:
    std::shared_ptr<Scope> parent_;
    std::unordered_map<std::string, Value> variables_;
    std::size_t depth_;
};

/// A macro with the scope that it was made in.
struct MacroValue {
    std::shared_ptr<const MacroDefinition> definition;
    std::shared_ptr<Scope> scope;
};

/// Keeps what may hold itself (a namespace in its own attribute, a macro in its own scope), and empties it in
/// the end.
class Keeper {
public:
    Keeper() = default;
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    void keep(NamespacePtr made) { namespaces_.push_back(std::move(made)); }
    void keep(std::shared_ptr<Scope> scope) { scopes_.push_back(std::move(scope)); }

private:
    std::vector<NamespacePtr> namespaces_;
    std::vector<std::shared_ptr<Scope>> scopes_;
};

} // namespace lora::jinja
