#include "engine/templates/scope.h"

namespace lora::jinja {

Scope::Scope(std::shared_ptr<Scope> parent)
    : parent_(std::move(parent)), depth_(parent_ == nullptr ? 1 : parent_->depth_ + 1) {
    constexpr std::size_t most = 2 * most_nested;
    if (depth_ > most) throw Refusal{"macros or blocks too deep in each other", "at most 400 levels"};
}

const Value* Scope::find(const std::string& name, Budget& budget) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->parent_.get()) {
        budget.spend();
        const auto found = scope->variables_.find(name);
        if (found != scope->variables_.end()) return &found->second;
    }
    return nullptr;
}

Keeper::~Keeper() {
    for (const NamespacePtr& each : namespaces_) each->attributes.clear();
    for (const std::shared_ptr<Scope>& scope : scopes_) scope->clear();
}

} // namespace lora::jinja
