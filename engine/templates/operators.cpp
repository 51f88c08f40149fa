#include "engine/templates/operators.h"

#include "engine/templates/arithmetic.h"
#include "engine/templates/characters.h"
#include "engine/templates/items.h"

#include <algorithm>
#include <cmath>

namespace lora::jinja {

namespace {

template <class Kind>
bool same_object(const Value& left, const Value& right) {
    const Kind* one = left.as<Kind>();
    const Kind* other = right.as<Kind>();
    return one != nullptr && other != nullptr && *one == *other;
}

[[noreturn]] void refuse_types(std::string_view what, const Value& left, const Value& right) {
    std::string found(type_name(left));
    found.append(" ").append(what).append(" ").append(type_name(right));
    throw Refusal{found, "values that go together"};
}

bool equal_items(const std::vector<Value>& left, const std::vector<Value>& right, Budget& budget) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
        [&](const Value& one, const Value& other) { return equal(one, other, budget); });
}

bool equal_dicts(const Dict& left, const Dict& right, Budget& budget) {
    if (left.entries().size() != right.entries().size()) return false;
    return std::all_of(left.entries().begin(), left.entries().end(), [&](const Dict::Entry& entry) {
        const Value* other = right.find(entry.first, budget);
        return other != nullptr && equal(entry.second, *other, budget);
    });
}

bool less_items(const std::vector<Value>& left, const std::vector<Value>& right, Budget& budget) {
    for (std::size_t i = 0; i < left.size() && i < right.size(); ++i)
        if (!equal(left[i], right[i], budget)) return less(left[i], right[i], budget);
    return left.size() < right.size();
}

void check_defined(const Value& value) {
    if (const Undefined* found = value.as<Undefined>())
        throw Refusal{found->why ? *found->why : "an undefined value", "a value"};
}

Value repeated(const std::string& bytes, std::int64_t times, Budget& budget) {
    std::string out;
    for (std::int64_t i = 0; i < times && !bytes.empty(); ++i) {
        budget.spend();
        budget.append(out, bytes);
    }
    return text(std::move(out));
}

Value repeated(const Sequence& sequence, std::int64_t times, Budget& budget) {
    std::vector<Value> items;
    for (std::int64_t i = 0; i < times && !sequence.items.empty(); ++i) {
        budget.spend(sequence.items.size());
        budget.spend_bytes(sequence.items.size() * sizeof(Value));
        items.insert(items.end(), sequence.items.begin(), sequence.items.end());
    }
    return jinja::sequence(std::move(items), sequence.kind);
}

/// A list or tuple, or null.
const Sequence* list_of(const Value& value) {
    const SequencePtr* found = value.as<SequencePtr>();
    const bool is_list =
        found != nullptr
        && ((*found)->kind == Sequence::Kind::List || (*found)->kind == Sequence::Kind::Tuple);
    return is_list ? found->get() : nullptr;
}

Value added_texts(const Text& left, const Text& right, Budget& budget) {
    const bool markup = left.markup || right.markup;
    std::string out;
    for (const Text* part : {&left, &right})
        budget.append(out, markup && !part->markup ? html_escaped(*part->bytes, budget) : *part->bytes);
    return text(std::move(out), markup);
}

Value added_lists(const Sequence& left, const Sequence& right, Budget& budget) {
    const std::size_t size = left.items.size() + right.items.size();
    budget.spend(size);
    budget.spend_bytes(size * sizeof(Value));
    std::vector<Value> items = left.items;
    items.insert(items.end(), right.items.begin(), right.items.end());
    return sequence(std::move(items), left.kind);
}

} // namespace

bool equal(const Value& left, const Value& right, Budget& budget) {
    budget.spend();
    if (is_number(left) && is_number(right)) {
        const auto one = whole(left);
        const auto other = whole(right);
        return one && other ? *one == *other : *real_of(left) == *real_of(right);
    }
    if (left.held.index() != right.held.index()) return false;
    if (const std::string* bytes = left.text()) return *bytes == *right.text();
    if (left.is<None>() || left.is<Undefined>()) return true;
    if (const DictPtr* dict = left.as<DictPtr>()) return equal_dicts(**dict, **right.as<DictPtr>(), budget);
    if (const SequencePtr* one = left.as<SequencePtr>()) {
        const SequencePtr& other = *right.as<SequencePtr>();
        if (*one == other) return true;
        return (*one)->kind == other->kind && (*one)->kind != Sequence::Kind::Generator
               && equal_items((*one)->items, other->items, budget);
    }
    return same_object<NamespacePtr>(left, right) || same_object<LoopPtr>(left, right)
           || same_object<MacroPtr>(left, right) || same_object<MethodPtr>(left, right)
           || same_object<Function>(left, right);
}

bool less(const Value& left, const Value& right, Budget& budget) {
    budget.spend();
    check_defined(left);
    check_defined(right);
    if (is_number(left) && is_number(right)) {
        const auto one = whole(left);
        const auto other = whole(right);
        return one && other ? *one < *other : *real_of(left) < *real_of(right);
    }
    if (left.text() != nullptr && right.text() != nullptr) return *left.text() < *right.text();
    const Sequence* one = list_of(left);
    const Sequence* other = list_of(right);
    if (one == nullptr || other == nullptr || one->kind != other->kind) refuse_types("<", left, right);
    return less_items(one->items, other->items, budget);
}

bool contains(const Value& haystack, const Value& needle, Budget& budget) {
    if (const std::string* bytes = haystack.text()) {
        if (needle.text() == nullptr) refuse_types("in", needle, haystack);
        budget.spend(1 + bytes->size() / 64);
        return bytes->find(*needle.text()) != std::string::npos;
    }
    if (const DictPtr* dict = haystack.as<DictPtr>()) return (*dict)->find(needle, budget) != nullptr;
    const std::vector<Value> items = items_of(haystack, budget);
    return std::any_of(
        items.begin(), items.end(), [&](const Value& item) { return equal(item, needle, budget); });
}

Value operate(Operator what, const Value& left, const Value& right, Budget& budget) {
    check_defined(left);
    check_defined(right);
    if (is_number(left) && is_number(right)) return calculated(what, left, right);
    const Text* one = left.as<Text>();
    const Text* other = right.as<Text>();
    if (what == Operator::Add && one && other) return added_texts(*one, *other, budget);
    if (what == Operator::Modulo && one) return formatted(*one->bytes, right, budget);
    const Sequence* list = list_of(left);
    const Sequence* second = list_of(right);
    if (what == Operator::Add && list && second && list->kind == second->kind)
        return added_lists(*list, *second, budget);
    if (what == Operator::Multiply) {
        if (one && whole(right)) return repeated(*one->bytes, *whole(right), budget);
        if (other && whole(left)) return repeated(*other->bytes, *whole(left), budget);
        if (list && whole(right)) return repeated(*list, *whole(right), budget);
        if (second && whole(left)) return repeated(*second, *whole(left), budget);
    }
    static constexpr std::string_view signs[] = {"+", "-", "*", "/", "//", "%", "**"};
    refuse_types(signs[static_cast<std::size_t>(what)], left, right);
}

Value negated(const Value& value) {
    check_defined(value);
    if (const double* number = value.as<double>()) return real(-*number);
    if (whole(value)) return calculated(Operator::Subtract, integer(0), value);
    throw Refusal{"-" + std::string(type_name(value)), "a number"};
}

std::string html_escaped(std::string_view text, Budget& budget) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        budget.append(out, letter == '&'    ? "&amp;"
                           : letter == '<'  ? "&lt;"
                           : letter == '>'  ? "&gt;"
                           : letter == '\'' ? "&#39;"
                           : letter == '"'  ? "&#34;"
                                            : text.substr(at, 1));
    }
    return out;
}

} // namespace lora::jinja
