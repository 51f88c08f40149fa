#include "engine/templates/functions.h"

#include "engine/templates/items.h"
#include "engine/templates/value_text.h"

#include <array>

namespace lora::jinja {

namespace {

Value range(const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "range", {"start", "stop", "step"});
    const bool has_start = given.has(1);
    const std::int64_t begin = has_start ? given.integer_or(0, 0) : 0;
    const Value& end_value = given.at(has_start ? 1 : 0);
    const std::int64_t step = given.integer_or(2, 1);
    if (!whole(end_value)) throw Refusal{"range to " + std::string(type_name(end_value)), "a whole number"};
    if (step == 0) throw Refusal{"range with step 0", "another step"};
    constexpr std::size_t most = 100'000; // as Jinja's sandbox has it
    const std::int64_t end = *whole(end_value);
    std::vector<Value> items;
    for (std::int64_t at = begin; step > 0 ? at < end : at > end;) {
        if (items.size() == most) throw Refusal{"a range that is too long", "at most 100000 numbers"};
        budget.spend();
        items.push_back(integer(at));
        if (__builtin_add_overflow(at, step, &at)) break;
    }
    return sequence(std::move(items), Sequence::Kind::Range);
}

/// dict(a=1), and dict of another one or of pairs.
Dict dict_of(const Arguments& arguments, Budget& budget) {
    if (arguments.positional.size() > 1) throw Refusal{"several values for a dict", "one, and named ones"};
    Dict made;
    if (!arguments.positional.empty()) {
        const Value& given = arguments.positional.front();
        if (const DictPtr* other = given.as<DictPtr>()) {
            budget.spend((*other)->entries().size());
            made = **other;
        } else {
            for (const Value& entry : items_of(given, budget)) {
                const std::vector<Value> two = items_of(entry, budget);
                if (two.size() != 2) throw Refusal{"a dict of what are no pairs", "pairs of key and value"};
                made.set(two[0], two[1], budget);
            }
        }
    }
    for (const auto& [name, value] : arguments.named) made.set(text(name), value, budget);
    return made;
}

Value make_namespace(const Arguments& arguments, Surroundings& around) {
    auto made = std::make_shared<Namespace>();
    around.keeper.keep(made);
    const Dict attributes = dict_of(arguments, around.budget);
    for (const auto& [key, value] : attributes.entries()) {
        if (key.text() == nullptr) throw Refusal{"a namespace's attribute that is no text", "names"};
        made->attributes[*key.text()] = value;
    }
    return {made};
}

Value strftime_now(const Arguments& arguments, Surroundings& around) {
    const Parameters given(arguments, "strftime_now", {"format"});
    constexpr std::size_t longest = 1000;
    const std::string& format = given.text(0);
    if (format.size() > longest) throw Refusal{"a date's format that is too long", "at most 1000 bytes"};
    if (format.find("%f") != std::string::npos)
        throw Refusal{"microseconds in a date", "a format without %f"};
    const std::tm now = around.clock();
    std::array<char, 64 * 1024> buffer{};
    // A letter in front tells an empty date from one that does not fit.
    const std::size_t length = std::strftime(buffer.data(), buffer.size(), ("." + format).c_str(), &now);
    if (length == 0) throw Refusal{"a date's format that gives too much", "a shorter one"};
    return text(std::string(buffer.data() + 1, length - 1));
}

} // namespace

std::optional<Value> function_named(const std::string& name) {
    if (name == "range") return Value{Function::Range};
    if (name == "dict") return Value{Function::MakeDict};
    if (name == "namespace") return Value{Function::MakeNamespace};
    if (name == "raise_exception") return Value{Function::RaiseException};
    if (name == "strftime_now") return Value{Function::StrftimeNow};
    if (name == "cycler" || name == "joiner" || name == "lipsum")
        throw Refusal{"Jinja's " + name, "what chat templates need"};
    return {};
}

Value call_function(Function function, const Arguments& arguments, Surroundings& around) {
    switch (function) {
    case Function::Range: return range(arguments, around.budget);
    case Function::MakeDict: return dict(dict_of(arguments, around.budget));
    case Function::MakeNamespace: return make_namespace(arguments, around);
    case Function::StrftimeNow: return strftime_now(arguments, around);
    case Function::RaiseException: break;
    }
    const Parameters given(arguments, "raise_exception", {"message"});
    throw Raised{to_text(given.at(0), around.budget)};
}

} // namespace lora::jinja
