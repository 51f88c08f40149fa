#include "engine/templates/value_tests.h"

#include "engine/templates/characters.h"
#include "engine/templates/filters.h"
#include "engine/templates/methods.h"
#include "engine/templates/operators.h"
#include "engine/templates/value_text.h"

#include <algorithm>

namespace lora::jinja {

namespace {

struct TestCall {
    const Value& value;
    const Arguments& arguments;
    Budget& budget;

    /// The one value that the test compares with.
    const Value& other() const {
        if (arguments.positional.size() != 1 || !arguments.named.empty())
            throw Refusal{std::to_string(arguments.positional.size()) + " values for a test", "one"};
        return arguments.positional.front();
    }
};

bool is_sequence(const TestCall& call) {
    const SequencePtr* found = call.value.as<SequencePtr>();
    return found != nullptr ? (*found)->indexed()
                            : call.value.is<Text>() || call.value.is<DictPtr>() || is_undefined(call.value);
}

bool is_iterable(const TestCall& call) {
    return call.value.is<SequencePtr>() || call.value.is<Text>() || call.value.is<DictPtr>()
           || is_undefined(call.value) || call.value.is<LoopPtr>();
}

bool is_callable(const TestCall& call) {
    return call.value.is<MacroPtr>() || call.value.is<MethodPtr>() || call.value.is<Function>()
           || is_undefined(call.value);
}

std::int64_t rest_by(const TestCall& call, std::int64_t divisor) {
    const Value rest = operate(Operator::Modulo, call.value, integer(divisor), call.budget);
    const auto number = real_of(rest);
    if (!number) throw Refusal{"a test for even or odd of a text", "a number"};
    return *number == 0 ? 0 : *number == 1 ? 1 : 2;
}

bool has_case(const TestCall& call, const char* method_name) {
    const Value shown = text(to_text(call.value, call.budget));
    return truth(call_text_method(*shown.as<Text>(), method_name, {}, call.budget));
}

bool is_same(const TestCall& call) {
    const Value& other = call.other();
    return call.value.held.index() == other.held.index() && equal(call.value, other, call.budget);
}

bool at_most(const TestCall& call) {
    return less(call.value, call.other(), call.budget) || equal(call.value, call.other(), call.budget);
}

bool at_least(const TestCall& call) {
    return less(call.other(), call.value, call.budget) || equal(call.value, call.other(), call.budget);
}

bool is_whole(const TestCall& call) { return call.value.is<std::int64_t>(); }
bool equals(const TestCall& call) { return equal(call.value, call.other(), call.budget); }
bool differs(const TestCall& call) { return !equals(call); }
bool is_below(const TestCall& call) { return less(call.value, call.other(), call.budget); }
bool is_above(const TestCall& call) { return less(call.other(), call.value, call.budget); }

struct NamedTest {
    std::string_view name;
    bool (*passes)(const TestCall&);
};

constexpr NamedTest tests[] = {{"defined", [](const TestCall& call) { return !is_undefined(call.value); }},
    {"undefined", [](const TestCall& call) { return is_undefined(call.value); }},
    {"none", [](const TestCall& call) { return call.value.is<None>(); }},
    {"string", [](const TestCall& call) { return call.value.is<Text>(); }},
    {"mapping", [](const TestCall& call) { return call.value.is<DictPtr>(); }}, {"iterable", is_iterable},
    {"sequence", is_sequence}, {"number", [](const TestCall& call) { return is_number(call.value); }},
    {"integer", is_whole}, {"float", [](const TestCall& call) { return call.value.is<double>(); }},
    {"boolean", [](const TestCall& call) { return call.value.is<bool>(); }},
    {"true", [](const TestCall& call) { return call.value.is<bool>() && truth(call.value); }},
    {"false", [](const TestCall& call) { return call.value.is<bool>() && !truth(call.value); }},
    {"callable", is_callable}, {"odd", [](const TestCall& call) { return rest_by(call, 2) == 1; }},
    {"even", [](const TestCall& call) { return rest_by(call, 2) == 0; }},
    {"divisibleby",
        [](const TestCall& call) {
            return !truth(operate(Operator::Modulo, call.value, call.other(), call.budget));
        }},
    {"lower", [](const TestCall& call) { return has_case(call, "islower"); }},
    {"upper", [](const TestCall& call) { return has_case(call, "isupper"); }},
    {"escaped", [](const TestCall& call) { return call.value.is<Text>() && call.value.as<Text>()->markup; }},
    {"in", [](const TestCall& call) { return contains(call.other(), call.value, call.budget); }},
    {"sameas", is_same}, {"eq", equals}, {"equalto", equals}, {"==", equals}, {"ne", differs},
    {"!=", differs}, {"lt", is_below}, {"lessthan", is_below}, {"<", is_below}, {"gt", is_above},
    {"greaterthan", is_above}, {">", is_above}, {"le", at_most}, {"<=", at_most}, {"ge", at_least},
    {">=", at_least},
    {"filter",
        [](const TestCall& call) { return call.value.text() != nullptr && is_filter(*call.value.text()); }},
    {"test",
        [](const TestCall& call) { return call.value.text() != nullptr && is_test(*call.value.text()); }}};

const NamedTest* test_named(std::string_view name) {
    const auto* const found =
        std::find_if(std::begin(tests), std::end(tests), [&](const auto& each) { return each.name == name; });
    return found == std::end(tests) ? nullptr : found;
}

} // namespace

bool is_test(std::string_view name) { return test_named(name) != nullptr; }

bool apply_test(std::string_view name, const Value& value, const Arguments& arguments, Budget& budget) {
    budget.spend();
    const NamedTest* test = test_named(name);
    if (test == nullptr) throw Refusal{"the test '" + std::string(name) + "'", "one that Jinja has"};
    return test->passes({value, arguments, budget});
}

} // namespace lora::jinja
