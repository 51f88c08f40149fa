#include "engine/templates/expression_depth.h"

#include <algorithm>

namespace lora::jinja {

namespace {

/// Goes over the parts of each form.
class Deepest {
public:
    std::size_t depth = 0;

    void operator()(const Constant&) {}
    void operator()(const Variable&) {}
    void operator()(const AttributeOf& form) { add(form.value); }
    void operator()(const ItemOf& form) { add(form.value, form.key); }
    void operator()(const SliceOf& form) { add(form.value, form.begin, form.end, form.step); }
    void operator()(const Call& form) { with_arguments(form.function, form.arguments); }
    void operator()(const FilterOf& form) { with_arguments(form.value, form.arguments); }
    void operator()(const TestOf& form) { with_arguments(form.value, form.arguments); }
    void operator()(const Not& form) { add(form.value); }
    void operator()(const Negation& form) { add(form.value); }
    void operator()(const Arithmetic& form) { add(form.left, form.right); }
    void operator()(const Logic& form) { add(form.left, form.right); }
    void operator()(const Concatenation& form) {
        for (const ExpressionPtr& part : form.parts) add(part);
    }
    void operator()(const Comparison& form) {
        add(form.first);
        for (const auto& [relation, part] : form.rest) add(part);
    }
    void operator()(const Choice& form) { add(form.test, form.then, form.otherwise); }
    void operator()(const ListOf& form) {
        for (const ExpressionPtr& item : form.items) add(item);
    }
    void operator()(const DictOf& form) {
        for (const auto& [key, value] : form.entries) add(key, value);
    }

private:
    template <class... Parts>
    void add(const Parts&... parts) {
        depth = std::max({depth, (parts ? parts->depth : std::size_t{0})...});
    }

    void with_arguments(const ExpressionPtr& value, const CallArguments& arguments) {
        add(value, arguments.all_of, arguments.named_of);
        for (const ExpressionPtr& part : arguments.positional) add(part);
        for (const auto& [name, part] : arguments.named) add(part);
    }
};

} // namespace

std::size_t depth_of_form(const decltype(Expression::form)& form) {
    Deepest deepest;
    std::visit(deepest, form);
    return deepest.depth + 1;
}

} // namespace lora::jinja
