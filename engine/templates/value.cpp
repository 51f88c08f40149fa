#include "engine/templates/value.h"

#include "engine/templates/loop.h"
#include "engine/templates/value_text.h"

#include <algorithm>

namespace lora::jinja {

namespace {

/// Equal for keys that Python takes for one: 1, 1.0 and True, say.
std::string key_of(const Value& key, Budget& budget) {
    budget.spend();
    if (const std::string* bytes = key.text()) return "s" + *bytes;
    if (const auto number = whole(key)) return "n" + std::to_string(*number);
    if (const double* number = key.as<double>()) {
        constexpr double limit = 9.2e18;
        const bool is_whole =
            *number > -limit && *number < limit && *number == static_cast<std::int64_t>(*number);
        return is_whole ? "n" + std::to_string(static_cast<std::int64_t>(*number))
                        : "f" + float_text(*number);
    }
    if (key.is<None>()) return "0";
    if (key.is<Undefined>()) return "u";
    const SequencePtr* sequence = key.as<SequencePtr>();
    if (sequence == nullptr || (*sequence)->kind != Sequence::Kind::Tuple)
        throw Refusal{std::string(type_name(key)) + " as the key of a dict", "a key that can be hashed"};
    std::string joined = "t";
    for (const Value& item : (*sequence)->items) {
        const std::string part = key_of(item, budget);
        budget.append(joined, std::to_string(part.size()) + ":" + part);
    }
    return joined;
}

} // namespace

Value none() { return {None{}}; }
Value boolean(bool value) { return {value}; }
Value integer(std::int64_t value) { return {value}; }
Value real(double value) { return {value}; }
Value text(std::string bytes, bool markup) {
    return {Text{std::make_shared<const std::string>(std::move(bytes)), markup}};
}
Value undefined(std::string why) { return {Undefined{std::make_shared<const std::string>(std::move(why))}}; }

Value sequence(std::vector<Value> items, Sequence::Kind kind) {
    std::size_t depth = 0;
    for (const Value& item : items) depth = std::max(depth, depth_of(item));
    depth = checked_depth(depth + 1);
    return {std::make_shared<const Sequence>(
        Sequence{.kind = kind, .items = std::move(items), .depth = depth, .taken = 0})};
}

Value pair(Value first, Value second) {
    std::vector<Value> items;
    items.push_back(std::move(first));
    items.push_back(std::move(second));
    return sequence(std::move(items), Sequence::Kind::Tuple);
}

void Dict::set(Value key, Value value, Budget& budget) {
    std::string unique = key_of(key, budget);
    budget.spend_bytes(unique.size());
    depth_ = checked_depth(std::max({depth_, depth_of(key) + 1, depth_of(value) + 1}));
    const auto [at, is_new] = index_.emplace(std::move(unique), entries_.size());
    if (is_new)
        entries_.emplace_back(std::move(key), std::move(value));
    else
        entries_[at->second].second = std::move(value);
}

const Value* Dict::find(const Value& key, Budget& budget) const {
    const auto found = index_.find(key_of(key, budget));
    return found == index_.end() ? nullptr : &entries_[found->second].second;
}

const Value* Dict::find(std::string_view key) const {
    const auto found = index_.find("s" + std::string(key));
    return found == index_.end() ? nullptr : &entries_[found->second].second;
}

Value dict(Dict entries) { return {std::make_shared<const Dict>(std::move(entries))}; }

Value method(Value self, std::string name) {
    const std::size_t depth = checked_depth(depth_of(self) + 1);
    return {std::make_shared<const Method>(
        Method{.self = std::move(self), .name = std::move(name), .depth = depth})};
}

bool is_undefined(const Value& value) { return value.is<Undefined>(); }

bool is_number(const Value& value) {
    return value.is<bool>() || value.is<std::int64_t>() || value.is<double>();
}

std::optional<std::int64_t> whole(const Value& value) {
    if (const bool* found = value.as<bool>()) return *found ? 1 : 0;
    if (const std::int64_t* found = value.as<std::int64_t>()) return *found;
    return {};
}

std::optional<double> real_of(const Value& value) {
    if (const double* found = value.as<double>()) return *found;
    if (const auto found = whole(value)) return static_cast<double>(*found);
    return {};
}

bool truth(const Value& value) {
    if (value.is<Undefined>() || value.is<None>()) return false;
    if (const auto number = real_of(value)) return *number != 0;
    if (const std::string* bytes = value.text()) return !bytes->empty();
    if (const SequencePtr* found = value.as<SequencePtr>())
        return (*found)->kind == Sequence::Kind::Generator || !(*found)->items.empty();
    if (const DictPtr* found = value.as<DictPtr>()) return !(*found)->entries().empty();
    return true;
}

std::size_t depth_of(const Value& value) {
    if (const SequencePtr* found = value.as<SequencePtr>()) return (*found)->depth;
    if (const DictPtr* found = value.as<DictPtr>()) return (*found)->depth();
    if (const LoopPtr* found = value.as<LoopPtr>()) return (*found)->depth();
    if (const MethodPtr* found = value.as<MethodPtr>()) return (*found)->depth;
    return 0;
}

std::size_t checked_depth(std::size_t depth) {
    if (depth > most_nested)
        throw Refusal{
            "lists or dicts too deep in each other", "at most " + std::to_string(most_nested) + " levels"};
    return depth;
}

std::string_view type_name(const Value& value) {
    static constexpr std::string_view names[] = {"Undefined", "None", "bool", "int", "float", "str", "list",
        "dict", "Namespace", "LoopContext", "Macro", "method", "function"};
    static constexpr std::string_view sequences[] = {
        "list", "tuple", "generator", "dict_keys", "dict_values", "dict_items", "range"};
    if (const SequencePtr* found = value.as<SequencePtr>())
        return sequences[static_cast<std::size_t>((*found)->kind)];
    return names[value.held.index()];
}

} // namespace lora::jinja
