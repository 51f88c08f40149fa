#include "engine/templates/renderer.h"

#include "engine/templates/items.h"
#include "engine/templates/loop.h"
#include "engine/templates/value_text.h"

#include <utility>

namespace lora::jinja {

/// One function a form of statement.
struct Renderer::Forms {
    Renderer& self;
    const ScopePtr& scope;
    std::size_t offset;

    Evaluator& evaluator() const { return self.evaluator_; }
    ScopePtr inner() const { return std::make_shared<Scope>(scope); }

    Flow operator()(const Data& form) const {
        self.write(form.text);
        return Flow::Goes;
    }
    Flow operator()(const Output& form) const {
        self.write(evaluator().printed(*form.value, scope));
        return Flow::Goes;
    }
    Flow operator()(const If& form) const {
        for (const auto& [test, body] : form.branches)
            if (evaluator().test(*test, scope)) return self.run(body, scope);
        return self.run(form.otherwise, scope);
    }
    Flow operator()(const For& form) const { return self.loop(form, scope, offset); }
    Flow operator()(const Set& form) const {
        evaluator().assign(form.target, evaluator().evaluate(*form.value, scope), scope);
        return Flow::Goes;
    }
    Flow operator()(const SetBlock& form) const {
        Value block = text(self.capture(form.body, inner()));
        if (form.filters) block = evaluator().filtered(*form.filters, std::move(block), scope);
        evaluator().assign(form.target, std::move(block), scope);
        return Flow::Goes;
    }
    Flow operator()(const FilterBlock& form) const {
        Value block = text(self.capture(form.body, inner()));
        self.write(
            to_text(evaluator().filtered(*form.filters, std::move(block), scope), evaluator().budget()));
        return Flow::Goes;
    }
    Flow operator()(const Macro& form) const {
        scope->set(form.definition->name, self.macro(form.definition, scope));
        return Flow::Goes;
    }
    Flow operator()(const CallBlock& form) const {
        const Value called = evaluator().call_with_caller(*form.call, self.macro(form.caller, scope), scope);
        self.write(to_text(called, evaluator().budget()));
        return Flow::Goes;
    }
    Flow operator()(const With& form) const {
        const ScopePtr own = inner();
        for (const auto& [target, value] : form.variables)
            evaluator().assign(target, evaluator().evaluate(*value, scope), own);
        return self.run(form.body, own);
    }
    Flow operator()(const Generation& form) const {
        self.generation(form, inner(), offset);
        return Flow::Goes;
    }
    Flow operator()(const Break&) const { return Flow::Breaks; }
    Flow operator()(const Continue&) const { return Flow::Continues; }
};

Renderer::Renderer(const Source& source, Surroundings around)
    : source_(source), evaluator_(source, around,
                           [this](const Body& body, const ScopePtr& scope) { return capture(body, scope); }) {
}

void Renderer::render(const Body& body, const ScopePtr& scope) { run(body, scope); }

void Renderer::write(std::string_view text) { evaluator_.budget().append(output_, text); }

Renderer::Flow Renderer::run(const Body& body, const ScopePtr& scope) {
    for (const auto& statement : body)
        if (const Flow flow = run(*statement, scope); flow != Flow::Goes) return flow;
    return Flow::Goes;
}

Renderer::Flow Renderer::run(const Statement& statement, const ScopePtr& scope) {
    return evaluator_.at(statement.offset, [&] {
        const Descent descent(evaluator_.budget());
        evaluator_.budget().spend();
        return std::visit(Forms{*this, scope, statement.offset}, statement.form);
    });
}

Renderer::Flow Renderer::loop(const For& form, const ScopePtr& scope, std::size_t offset) {
    std::vector<Value> items = items_of(evaluator_.evaluate(*form.items, scope), evaluator_.budget());
    Loop::Keep keep;
    if (form.keep)
        keep = [this, &form, scope](const Value& item) {
            const auto own = std::make_shared<Scope>(scope);
            evaluator_.assign(form.target, item, own);
            return evaluator_.test(*form.keep, own);
        };
    const auto state = std::make_shared<Loop>(std::move(items), std::move(keep));
    bool any = false;
    while (evaluator_.at(offset, [&] { return state->advance(); })) {
        any = true;
        const auto own = std::make_shared<Scope>(scope);
        own->set("loop", {state});
        evaluator_.assign(form.target, state->item(), own);
        if (run(form.body, own) == Flow::Breaks) break;
    }
    return any ? Flow::Goes : run(form.otherwise, std::make_shared<Scope>(scope));
}

void Renderer::generation(const Generation& block, const ScopePtr& scope, std::size_t offset) {
    const std::size_t begin = output_.size();
    run(block.body, scope);
    if (captures_ == 0)
        generations_.push_back({begin, output_.size()});
    else if (untracked_.empty())
        untracked_ = source_.place(offset);
}

std::string Renderer::capture(const Body& body, const ScopePtr& scope) {
    std::string outside = std::exchange(output_, {});
    ++captures_;
    run(body, scope);
    --captures_;
    return std::exchange(output_, std::move(outside));
}

Value Renderer::macro(std::shared_ptr<const MacroDefinition> definition, const ScopePtr& scope) {
    evaluator_.around().keeper.keep(scope);
    return {std::make_shared<const MacroValue>(MacroValue{std::move(definition), scope})};
}

} // namespace lora::jinja
