#include "engine/templates/access.h"

#include "engine/templates/characters.h"
#include "engine/templates/loop.h"
#include "engine/templates/methods.h"
#include "engine/templates/value_text.h"

#include <algorithm>
#include <limits>

namespace lora::jinja {

namespace {

Value missing(const Value& value, const std::string& what) {
    std::string type(type_name(value));
    if (!value.is<None>()) type += " object";
    return undefined("'" + type + "' has no " + what);
}

[[noreturn]] void refuse_undefined(const Undefined& value) {
    throw Refusal{value.why ? *value.why : "an undefined value", "a value"};
}

/// What Python's own attribute of that name is; nothing where the type has none.
std::optional<Value> own_attribute(const Value& value, const std::string& name) {
    if (const NamespacePtr* found = value.as<NamespacePtr>()) {
        const auto at = (*found)->attributes.find(name);
        return at == (*found)->attributes.end() ? std::optional<Value>() : at->second;
    }
    if (const LoopPtr* loop = value.as<LoopPtr>())
        if (auto found = (*loop)->attribute(name)) return found;
    switch (method_of(value, name)) {
    case MethodKind::None: return {};
    case MethodKind::Unsafe:
        return undefined("access to attribute '" + name + "' of '" + std::string(type_name(value))
                         + "' object is unsafe: lists and dicts do not change in a template");
    default: return method(value, name);
    }
}

std::optional<Value> element(const std::vector<Value>& items, std::int64_t index) {
    const auto size = static_cast<std::int64_t>(items.size());
    if (index < -size || index >= size) return {};
    return items[static_cast<std::size_t>(index < 0 ? index + size : index)];
}

std::optional<Value> letter(const std::string& bytes, std::int64_t index, Budget& budget) {
    budget.spend(1 + bytes.size() / 16);
    const std::vector<std::size_t> starts = character_starts(bytes);
    const auto size = static_cast<std::int64_t>(starts.size());
    if (index < -size || index >= size) return {};
    const std::size_t start = starts[static_cast<std::size_t>(index < 0 ? index + size : index)];
    return text(bytes.substr(start, character_at(bytes, start).bytes));
}

bool can_be_key(const Value& key) {
    const SequencePtr* sequence = key.as<SequencePtr>();
    return !key.is<DictPtr>() && (sequence == nullptr || (*sequence)->kind == Sequence::Kind::Tuple);
}

std::optional<Value> own_item(const Value& value, const Value& key, Budget& budget) {
    if (const DictPtr* dict = value.as<DictPtr>()) {
        const Value* found = can_be_key(key) ? (*dict)->find(key, budget) : nullptr;
        return found == nullptr ? std::optional<Value>() : *found;
    }
    const auto index = whole(key);
    if (!index) return {};
    if (const std::string* bytes = value.text()) return letter(*bytes, *index, budget);
    const SequencePtr* sequence = value.as<SequencePtr>();
    if (sequence == nullptr || !(*sequence)->indexed()) return {};
    return element((*sequence)->items, *index);
}

std::optional<std::int64_t> bound(const Value& value) {
    if (value.is<None>()) return {};
    if (const auto found = whole(value)) return found;
    throw Refusal{"a slice from or to " + std::string(type_name(value)), "whole numbers"};
}

/// The places that a slice picks out of `size`, as Python counts them.
std::vector<std::size_t> places(std::int64_t size, std::optional<std::int64_t> begin,
    std::optional<std::int64_t> end, std::int64_t step) {
    if (step == 0) throw Refusal{"a slice with step 0", "another step"};
    const auto clamped = [&](std::int64_t at) {
        if (at < 0) at += size;
        return step > 0 ? std::clamp<std::int64_t>(at, 0, size) : std::clamp<std::int64_t>(at, -1, size - 1);
    };
    std::int64_t at = begin ? clamped(*begin) : step > 0 ? 0 : size - 1;
    const std::int64_t stop = end ? clamped(*end) : step > 0 ? size : -1;
    std::vector<std::size_t> found;
    while (step > 0 ? at < stop : at > stop) {
        found.push_back(static_cast<std::size_t>(at));
        if (__builtin_add_overflow(at, step, &at)) break;
    }
    return found;
}

} // namespace

Value attribute(const Value& value, const std::string& name) {
    if (const Undefined* found = value.as<Undefined>()) refuse_undefined(*found);
    if (auto found = own_attribute(value, name)) return *found;
    if (const DictPtr* dict = value.as<DictPtr>())
        if (const Value* found = (*dict)->find(std::string_view(name))) return *found;
    return missing(value, "attribute '" + name + "'");
}

Value item(const Value& value, const Value& key, Budget& budget) {
    if (const Undefined* found = value.as<Undefined>()) refuse_undefined(*found);
    if (auto found = own_item(value, key, budget)) return *found;
    if (const std::string* name = key.text()) {
        if (auto found = own_attribute(value, *name)) return *found;
        return missing(value, "attribute '" + *name + "'");
    }
    return missing(value, "such element");
}

Value slice(const Value& value, const Value& begin, const Value& end, const Value& step, Budget& budget) {
    if (const Undefined* found = value.as<Undefined>()) refuse_undefined(*found);
    const std::int64_t stride = bound(step).value_or(1);
    const auto picked = [&](std::size_t size) {
        budget.spend(size);
        budget.spend_bytes(size * sizeof(std::size_t));
        return places(static_cast<std::int64_t>(size), bound(begin), bound(end), stride);
    };
    if (const Text* found = value.as<Text>()) {
        const std::string& bytes = *found->bytes;
        const std::vector<std::size_t> starts = character_starts(bytes);
        std::string out;
        for (const std::size_t place : picked(starts.size()))
            out.append(bytes, starts[place], character_at(bytes, starts[place]).bytes);
        return text(std::move(out), found->markup);
    }
    const SequencePtr* sequence = value.as<SequencePtr>();
    if (sequence == nullptr || !(*sequence)->indexed())
        throw Refusal{"a slice of " + std::string(type_name(value)), "a list or a text"};
    std::vector<Value> items;
    for (const std::size_t place : picked((*sequence)->items.size()))
        items.push_back((*sequence)->items[place]);
    return jinja::sequence(std::move(items), (*sequence)->kind);
}

} // namespace lora::jinja
