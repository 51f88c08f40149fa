// Filters that work on lists and dictionaries.

#include "engine/templates/characters.h"
#include "engine/templates/filters.h"
#include "engine/templates/item_path.h"
#include "engine/templates/items.h"
#include "engine/templates/methods.h"
#include "engine/templates/operators.h"
#include "engine/templates/sorting.h"
#include "engine/templates/value_tests.h"
#include "engine/templates/value_text.h"

#include <algorithm>

namespace lora::jinja {

namespace {

Value length(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "length", {});
    return integer(static_cast<std::int64_t>(length_of(input, budget)));
}

Value join(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "join", {"d", "attribute"});
    std::vector<Value> items = items_of(input, budget);
    if (const Value path = given.value_or(1, none()); !path.is<None>())
        for (Value& item : items) item = ItemPath(path).find(item, budget);
    return text(joined(items, to_text(given.value_or(0, text("")), budget), budget));
}

Value first(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "first", {});
    if (const SequencePtr* found = input.as<SequencePtr>(); found != nullptr
                                                            && (*found)->kind == Sequence::Kind::Generator
                                                            && (*found)->taken < (*found)->items.size())
        return (*found)->items[(*found)->taken++];
    const std::vector<Value> items = items_of(input, budget);
    return items.empty() ? undefined("No first item, sequence was empty.") : items.front();
}

Value last(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "last", {});
    if (type_name(input) == "generator") throw Refusal{"the last of a generator", "a list of it"};
    const std::vector<Value> items = items_of(input, budget);
    return items.empty() ? undefined("No last item, sequence was empty.") : items.back();
}

Value list(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "list", {});
    return sequence(items_of(input, budget));
}

Value items(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "items", {});
    std::vector<Value> pairs;
    const DictPtr* found = input.as<DictPtr>();
    if (found == nullptr && !is_undefined(input))
        throw Refusal{"the items of " + std::string(type_name(input)), "a dict"};
    if (found != nullptr) {
        budget.spend((*found)->entries().size());
        for (const auto& [key, value] : (*found)->entries()) pairs.push_back(pair(key, value));
    }
    return sequence(std::move(pairs), Sequence::Kind::Generator);
}

Value reverse(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters nothing(arguments, "reverse", {});
    std::vector<Value> found = items_of(input, budget);
    std::reverse(found.begin(), found.end());
    if (input.is<Text>()) return text(joined(found, "", budget), input.as<Text>()->markup);
    return sequence(std::move(found), Sequence::Kind::Generator);
}

Value unique(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "unique", {"case_sensitive", "attribute"});
    const ItemPath path(given.value_or(1, none()), given.truth_or(0, false));
    Dict seen;
    std::vector<Value> kept;
    for (const Value& item : items_of(input, budget)) {
        const Value key = path.find(item, budget);
        if (seen.find(key, budget) != nullptr) continue;
        seen.set(key, none(), budget);
        kept.push_back(item);
    }
    return sequence(std::move(kept), Sequence::Kind::Generator);
}

/// The least, or with `greatest` the greatest; the first of several.
Value extreme(const Value& input, const Arguments& arguments, Budget& budget, bool greatest) {
    const Parameters given(arguments, greatest ? "max" : "min", {"case_sensitive", "attribute"});
    const ItemPath path(given.value_or(1, none()), given.truth_or(0, false));
    const std::vector<Value> found = items_of(input, budget);
    if (found.empty()) return undefined("No aggregated item, sequence was empty.");
    std::size_t best = 0;
    for (std::size_t i = 1; i < found.size(); ++i) {
        const Value one = path.find(found[i], budget);
        const Value other = path.find(found[best], budget);
        if (greatest ? less(other, one, budget) : less(one, other, budget)) best = i;
    }
    return found[best];
}

Value min(const Value& input, const Arguments& arguments, Budget& budget) {
    return extreme(input, arguments, budget, /*greatest=*/false);
}

Value max(const Value& input, const Arguments& arguments, Budget& budget) {
    return extreme(input, arguments, budget, /*greatest=*/true);
}

Value sum(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "sum", {"attribute", "start"});
    const ItemPath path(given.value_or(0, none()));
    Value total = given.value_or(1, integer(0));
    for (const Value& item : items_of(input, budget))
        total = operate(Operator::Add, total, path.find(item, budget), budget);
    return total;
}

/// What map and the selections walk over: Jinja's look first whether the input is true, so that none and 0
/// are taken for an empty list.
std::vector<Value> items_if_true(const Value& input, Budget& budget) {
    return truth(input) ? items_of(input, budget) : std::vector<Value>();
}

Value map(const Value& input, const Arguments& arguments, Budget& budget) {
    std::vector<Value> found = items_if_true(input, budget);
    if (arguments.positional.empty()) {
        const Parameters given(arguments, "map", {"attribute", "default"});
        const Value otherwise = given.value_or(1, none());
        const ItemPath path(given.at(0));
        for (Value& item : found) item = path.find(item, budget, otherwise);
        return sequence(std::move(found), Sequence::Kind::Generator);
    }
    const std::string* name = arguments.positional.front().text();
    if (name == nullptr) throw Refusal{"a filter for map that is no text", "its name"};
    const Arguments rest{{arguments.positional.begin() + 1, arguments.positional.end()}, arguments.named};
    for (Value& item : found) item = apply_filter(*name, item, rest, budget);
    return sequence(std::move(found), Sequence::Kind::Generator);
}

/// Whether the item, or what lies in it, passes the test that the arguments name; without one, whether it is
/// true.
bool passes(const Value& item, const Arguments& arguments, bool by_attribute, Budget& budget) {
    const std::size_t offset = by_attribute ? 1 : 0;
    const std::vector<Value>& given = arguments.positional;
    if (given.size() < offset) throw Refusal{"no attribute to select by", "its name"};
    const Value value = by_attribute ? ItemPath(given.front()).find(item, budget) : item;
    if (given.size() == offset) return truth(value);
    const std::string* name = given[offset].text();
    if (name == nullptr) throw Refusal{"a test that is no text", "its name"};
    const auto begin = given.begin() + static_cast<std::ptrdiff_t>(offset) + 1;
    return apply_test(*name, value, {{begin, given.end()}, arguments.named}, budget);
}

template <bool ByAttribute, bool Wanted>
Value select(const Value& input, const Arguments& arguments, Budget& budget) {
    std::vector<Value> kept;
    for (const Value& item : items_if_true(input, budget))
        if (passes(item, arguments, ByAttribute, budget) == Wanted) kept.push_back(item);
    return sequence(std::move(kept), Sequence::Kind::Generator);
}

Value batch(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "batch", {"linecount", "fill_with"});
    const std::int64_t count = given.integer_or(0, 0);
    if (count < 1) throw Refusal{"batches of " + std::to_string(count), "at least 1"};
    std::vector<Value> batches;
    std::vector<Value> current;
    for (const Value& item : items_of(input, budget)) {
        if (current.size() == static_cast<std::size_t>(count))
            batches.push_back(sequence(std::exchange(current, {})));
        current.push_back(item);
    }
    if (!current.empty()) {
        const Value filling = given.value_or(1, none());
        for (auto i = static_cast<std::int64_t>(current.size()); !filling.is<None>() && i < count; ++i) {
            budget.spend();
            current.push_back(filling);
        }
        batches.push_back(sequence(std::move(current)));
    }
    return sequence(std::move(batches), Sequence::Kind::Generator);
}

} // namespace

const std::vector<NamedFilter>& list_filters() {
    static const std::vector<NamedFilter> filters{{"length", length}, {"count", length}, {"join", join},
        {"first", first}, {"last", last}, {"list", list}, {"items", items}, {"reverse", reverse},
        {"unique", unique}, {"min", min}, {"max", max}, {"sum", sum}, {"map", map},
        {"select", select<false, true>}, {"reject", select<false, false>}, {"selectattr", select<true, true>},
        {"rejectattr", select<true, false>}, {"batch", batch}, {"sort", sort_filter},
        {"dictsort", dictsort_filter}, {"groupby", groupby_filter}};
    return filters;
}

} // namespace lora::jinja
