#include "engine/templates/evaluator.h"

#include "engine/error.h"
#include "engine/templates/access.h"
#include "engine/templates/filters.h"
#include "engine/templates/items.h"
#include "engine/templates/value_tests.h"
#include "engine/templates/value_text.h"

#include <utility>

namespace lora::jinja {

/// One function a form of expression.
struct Evaluator::Forms {
    Evaluator& self;
    const ScopePtr& scope;

    Budget& budget() const { return self.budget(); }
    Value of(const ExpressionPtr& expression) const { return self.evaluate(*expression, scope); }
    Value or_none(const ExpressionPtr& expression) const { return expression ? of(expression) : none(); }

    Value operator()(const Constant& form) const { return form.value; }
    Value operator()(const Variable& form) const {
        if (const Value* found = scope->find(form.name, budget())) return *found;
        if (auto found = function_named(form.name)) return *found;
        return undefined("'" + form.name + "' is undefined");
    }
    Value operator()(const AttributeOf& form) const { return attribute(of(form.value), form.name); }
    Value operator()(const ItemOf& form) const {
        const Value value = of(form.value);
        return item(value, of(form.key), budget());
    }
    Value operator()(const SliceOf& form) const {
        const Value value = of(form.value);
        return slice(value, or_none(form.begin), or_none(form.end), or_none(form.step), budget());
    }
    Value operator()(const jinja::Call& form) const {
        const Value function = of(form.function);
        return self.call(function, self.arguments(form.arguments, scope));
    }
    Value operator()(const FilterOf& form) const {
        const Value input = form.value ? of(form.value) : *self.block_;
        return apply_filter(form.name, input, self.arguments(form.arguments, scope), budget());
    }
    Value operator()(const TestOf& form) const {
        const Value value = of(form.value);
        return boolean(apply_test(form.name, value, self.arguments(form.arguments, scope), budget()));
    }
    Value operator()(const Not& form) const { return boolean(!truth(of(form.value))); }
    Value operator()(const Negation& form) const { return negated(of(form.value)); }
    Value operator()(const Arithmetic& form) const {
        const Value left = of(form.left);
        return operate(form.what, left, of(form.right), budget());
    }
    Value operator()(const Logic& form) const {
        Value left = of(form.left);
        return truth(left) == form.is_and ? of(form.right) : left;
    }
    Value operator()(const Concatenation& form) const {
        std::string joined;
        for (const ExpressionPtr& part : form.parts) budget().append(joined, to_text(of(part), budget()));
        return text(std::move(joined));
    }
    Value operator()(const Comparison& form) const {
        Value left = of(form.first);
        for (const auto& [relation, part] : form.rest) {
            Value right = of(part);
            if (!holds(relation, left, right)) return boolean(false);
            left = std::move(right);
        }
        return boolean(true);
    }
    Value operator()(const Choice& form) const {
        if (truth(of(form.test))) return of(form.then);
        return form.otherwise
                   ? of(form.otherwise)
                   : undefined(
                       "the inline if-expression evaluated to false and no else section was defined.");
    }
    Value operator()(const ListOf& form) const {
        std::vector<Value> items;
        items.reserve(form.items.size());
        for (const ExpressionPtr& item : form.items) items.push_back(of(item));
        return sequence(std::move(items), form.is_tuple ? Sequence::Kind::Tuple : Sequence::Kind::List);
    }
    Value operator()(const DictOf& form) const {
        Dict made;
        for (const auto& [key, value] : form.entries) {
            Value first = of(key);
            made.set(std::move(first), of(value), budget());
        }
        return dict(std::move(made));
    }

    bool holds(Relation relation, const Value& left, const Value& right) const {
        switch (relation) {
        case Relation::Equal: return equal(left, right, budget());
        case Relation::Unequal: return !equal(left, right, budget());
        case Relation::Less: return less(left, right, budget());
        case Relation::LessOrEqual: return less(left, right, budget()) || equal(left, right, budget());
        case Relation::Greater: return less(right, left, budget());
        case Relation::GreaterOrEqual: return less(right, left, budget()) || equal(left, right, budget());
        case Relation::In: return contains(right, left, budget());
        default: return !contains(right, left, budget());
        }
    }
};

void Evaluator::refuse_raised(std::size_t offset, const std::string& words) const {
    constexpr std::size_t most_words = 1000;
    throw Error(source_.place(offset) + ": the template refuses these messages: " + shown(words, most_words));
}

Value Evaluator::form(const Expression& expression, const ScopePtr& scope) {
    const Descent descent(budget());
    budget().spend();
    return std::visit(Forms{*this, scope}, expression.form);
}

Value Evaluator::evaluate(const Expression& expression, const ScopePtr& scope) {
    return at(expression.offset, [&] { return form(expression, scope); });
}

std::string Evaluator::printed(const Expression& expression, const ScopePtr& scope) {
    const Value value = evaluate(expression, scope);
    return at(expression.offset, [&] { return to_text(value, budget()); });
}

Value Evaluator::filtered(const Expression& filters, Value block, const ScopePtr& scope) {
    const Value* const before = std::exchange(block_, &block);
    Value value = evaluate(filters, scope);
    block_ = before;
    return value;
}

void Evaluator::assign(const Target& target, Value value, const ScopePtr& scope) {
    at(target.offset, [&] {
        if (!target.parts.empty()) {
            std::vector<Value> items = items_of(value, budget());
            if (items.size() != target.parts.size())
                throw Refusal{
                    std::to_string(items.size()) + " values to unpack", std::to_string(target.parts.size())};
            for (std::size_t i = 0; i < items.size(); ++i)
                assign(target.parts[i], std::move(items[i]), scope);
        } else if (target.attribute.empty()) {
            scope->set(target.name, std::move(value));
        } else {
            const Value* found = scope->find(target.name, budget());
            const NamespacePtr* space = found == nullptr ? nullptr : found->as<NamespacePtr>();
            if (space == nullptr)
                throw Refusal{"an attribute for '" + target.name + "'", "a namespace: nothing else changes"};
            if (target.attribute.front() == '_')
                throw Refusal{
                    "'" + target.attribute + "' in a namespace", "a name without an underscore in front"};
            (*space)->attributes[target.attribute] = std::move(value);
        }
    });
}

} // namespace lora::jinja
