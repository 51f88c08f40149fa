// The methods of Python's str.

#include "engine/templates/characters.h"
#include "engine/templates/items.h"
#include "engine/templates/methods.h"
#include "engine/templates/text_format.h"
#include "engine/templates/text_questions.h"

#include <algorithm>

namespace lora::jinja {

namespace {

/// One call: the text, the name by which the method was called, and what it was given.
struct TextCall {
    const std::string& bytes;
    const std::string& name;
    const Arguments& arguments;
    bool markup;
    Budget& budget;

    Value result(std::string_view out) const { return text(std::string(out), markup); }
};

Value stripped(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"chars"});
    const bool all = !given.has(0) || given.at(0).is<None>();
    const std::string* set = all ? nullptr : &given.text(0);
    call.budget.spend(1 + call.bytes.size() / 16 * (set == nullptr ? 1 : 1 + set->size()));
    std::string_view left = call.bytes;
    if (call.name != "rstrip") left = stripped_left(left, set);
    return call.result(call.name == "lstrip" ? left : stripped_right(left, set));
}

Value split_up(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"sep", "maxsplit"});
    const bool words = !given.has(0) || given.at(0).is<None>();
    return sequence(split(call.bytes, words ? nullptr : &given.text(0), given.integer_or(1, -1),
        call.name == "rsplit", call.budget));
}

Value lines(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"keepends"});
    return sequence(split_lines(call.bytes, given.truth_or(0, false), call.budget));
}

Value partition(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"sep"});
    const std::string& separator = given.text(0);
    if (separator.empty()) throw Refusal{"an empty separator", "one of some letters"};
    const bool last = call.name == "rpartition";
    const std::size_t found = last ? call.bytes.rfind(separator) : call.bytes.find(separator);
    std::vector<Value> parts(3, text(""));
    if (found == std::string::npos) {
        parts[last ? 2 : 0] = text(call.bytes);
    } else {
        parts[0] = text(call.bytes.substr(0, found));
        parts[1] = text(separator);
        parts[2] = text(call.bytes.substr(found + separator.size()));
    }
    return sequence(std::move(parts), Sequence::Kind::Tuple);
}

/// The part of the text that two numbers of characters bound, as in find(x, begin, end).
std::string_view part_of(const TextCall& call, const Parameters& given) {
    if (!given.has(1)) return call.bytes;
    const auto starts = character_starts(call.bytes);
    const auto size = static_cast<std::int64_t>(starts.size());
    const auto byte = [&](std::int64_t at) {
        if (at < 0) at = std::max<std::int64_t>(0, at + size);
        return at < size ? starts[static_cast<std::size_t>(at)] : call.bytes.size();
    };
    const std::size_t begin = byte(given.integer_or(1, 0));
    const std::size_t end = given.has(2) ? byte(given.integer_or(2, size)) : call.bytes.size();
    return std::string_view(call.bytes).substr(begin, end > begin ? end - begin : 0);
}

Value affixed(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"prefix", "start", "end"});
    const std::string_view whole = part_of(call, given);
    const auto fits = [&](const Value& affix) {
        if (affix.text() == nullptr)
            throw Refusal{
                call.name + "() with " + std::string(type_name(affix)), "a text or a tuple of texts"};
        const std::string& bytes = *affix.text();
        return call.name == "startswith"
                   ? whole.substr(0, bytes.size()) == bytes
                   : whole.size() >= bytes.size() && whole.substr(whole.size() - bytes.size()) == bytes;
    };
    const SequencePtr* several = given.at(0).as<SequencePtr>();
    if (several == nullptr || (*several)->kind != Sequence::Kind::Tuple) return boolean(fits(given.at(0)));
    return boolean(std::any_of((*several)->items.begin(), (*several)->items.end(), fits));
}

Value without_affix(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"affix"});
    const std::string& affix = given.text(0);
    std::string_view left = call.bytes;
    if (call.name == "removeprefix" && left.substr(0, affix.size()) == affix)
        left.remove_prefix(affix.size());
    else if (call.name == "removesuffix" && left.size() >= affix.size()
             && left.substr(left.size() - affix.size()) == affix)
        left.remove_suffix(affix.size());
    return call.result(left);
}

Value found(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"sub", "start", "end"});
    call.budget.spend(1 + call.bytes.size() / 16);
    const std::string_view part = part_of(call, given);
    const bool last = call.name == "rfind" || call.name == "rindex";
    const std::size_t at = last ? part.rfind(given.text(0)) : part.find(given.text(0));
    if (at != std::string_view::npos) {
        const auto before = static_cast<std::size_t>(part.data() - call.bytes.data()) + at;
        return integer(
            static_cast<std::int64_t>(count_characters(std::string_view(call.bytes).substr(0, before))));
    }
    if (call.name == "find" || call.name == "rfind") return integer(-1);
    throw Refusal{call.name + "() of a text that is not in it", "one that is"};
}

Value counted(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"sub", "start", "end"});
    call.budget.spend(1 + call.bytes.size() / 16);
    const std::string_view part = part_of(call, given);
    const std::string& sub = given.text(0);
    if (sub.empty()) return integer(static_cast<std::int64_t>(count_characters(part)) + 1);
    std::int64_t count = 0;
    for (std::size_t at = part.find(sub); at != std::string_view::npos; at = part.find(sub, at + sub.size()))
        ++count;
    return integer(count);
}

Value with_replaced(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"old", "new", "count"});
    return call.result(
        replaced(call.bytes, given.text(0), given.text(1), given.integer_or(2, -1), call.budget));
}

Value joined_by(const TextCall& call) {
    const Parameters given(call.arguments, call.name, {"iterable"});
    const std::vector<Value> items = items_of(given.at(0), call.budget);
    for (const Value& item : items)
        if (item.text() == nullptr) throw Refusal{std::string(type_name(item)) + " in join()", "texts only"};
    return call.result(joined(items, call.bytes, call.budget));
}

Value in_case(const TextCall& call) {
    const Parameters nothing(call.arguments, call.name, {});
    if (call.name == "upper") return call.result(upper(call.bytes));
    if (call.name == "lower" || call.name == "casefold") return call.result(lower(call.bytes));
    return call.result(call.name == "title" ? titled(call.bytes) : capitalized(call.bytes));
}

Value asked(const TextCall& call) {
    const Parameters nothing(call.arguments, call.name, {});
    return boolean(answer(call.name, call.bytes));
}

Value filled(const TextCall& call) {
    return call.result(filled_format(call.bytes, call.arguments, call.budget));
}

struct NamedMethod {
    std::string_view name;
    Value (*call)(const TextCall&);
};

constexpr NamedMethod methods[] = {{"strip", stripped}, {"lstrip", stripped}, {"rstrip", stripped},
    {"split", split_up}, {"rsplit", split_up}, {"splitlines", lines}, {"partition", partition},
    {"rpartition", partition}, {"startswith", affixed}, {"endswith", affixed},
    {"removeprefix", without_affix}, {"removesuffix", without_affix}, {"find", found}, {"rfind", found},
    {"index", found}, {"rindex", found}, {"count", counted}, {"replace", with_replaced}, {"join", joined_by},
    {"upper", in_case}, {"lower", in_case}, {"casefold", in_case}, {"title", in_case},
    {"capitalize", in_case}, {"isupper", asked}, {"islower", asked}, {"isspace", asked}, {"isalpha", asked},
    {"isalnum", asked}, {"isdigit", asked}, {"isdecimal", asked}, {"isnumeric", asked}, {"format", filled}};

const NamedMethod* method_named(std::string_view name) {
    const auto* const found = std::find_if(
        std::begin(methods), std::end(methods), [&](const auto& each) { return each.name == name; });
    return found == std::end(methods) ? nullptr : found;
}

} // namespace

bool is_text_method(std::string_view name) { return method_named(name) != nullptr; }

Value call_text_method(
    const Text& self, const std::string& name, const Arguments& arguments, Budget& budget) {
    budget.spend_bytes(self.bytes->size());
    return method_named(name)->call({*self.bytes, name, arguments, self.markup, budget});
}

} // namespace lora::jinja
