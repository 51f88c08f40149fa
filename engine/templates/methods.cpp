#include "engine/templates/methods.h"

#include "engine/templates/loop.h"
#include "engine/templates/operators.h"

#include <algorithm>
#include <array>

namespace lora::jinja {

namespace {

template <std::size_t Count>
bool among(const std::array<std::string_view, Count>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 5> safe_of_dicts{"get", "items", "keys", "values", "copy"};
constexpr std::array<std::string_view, 5> unsafe_of_dicts{"clear", "pop", "popitem", "setdefault", "update"};
constexpr std::array<std::string_view, 3> safe_of_lists{"count", "index", "copy"};
constexpr std::array<std::string_view, 8> unsafe_of_lists{
    "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"};

Value call_dict_method(
    const Dict& self, const std::string& name, const Arguments& arguments, Budget& budget) {
    if (name == "get") {
        const Parameters given(arguments, "get", {"key", "default"});
        const Value* found = self.find(given.at(0), budget);
        return found != nullptr ? *found : given.value_or(1, none());
    }
    const Parameters nothing(arguments, name, {});
    if (name == "copy") return dict(self);
    std::vector<Value> items;
    budget.spend(self.entries().size());
    for (const auto& [key, value] : self.entries())
        items.push_back(name == "items" ? pair(key, value) : name == "keys" ? key : value);
    return sequence(std::move(items), name == "items"  ? Sequence::Kind::Items
                                      : name == "keys" ? Sequence::Kind::Keys
                                                       : Sequence::Kind::Values);
}

Value call_list_method(
    const Sequence& self, const std::string& name, const Arguments& arguments, Budget& budget) {
    if (name == "copy") return sequence(self.items, self.kind);
    const Parameters given(arguments, name, {"value"});
    const auto matches = [&](const Value& item) { return equal(item, given.at(0), budget); };
    if (name == "count") return integer(std::count_if(self.items.begin(), self.items.end(), matches));
    const auto found = std::find_if(self.items.begin(), self.items.end(), matches);
    if (found == self.items.end()) throw Refusal{"index() of a value that the list has not", "one it has"};
    return integer(found - self.items.begin());
}

Value call_loop_method(Loop& self, const std::string& name, const Arguments& arguments, Budget& budget) {
    if (!arguments.named.empty()) throw Refusal{"named values for loop." + name, "values without names"};
    if (name == "changed") return boolean(self.changed(arguments.positional, budget));
    if (arguments.positional.empty()) throw Refusal{"loop.cycle() of nothing", "values to go through"};
    return arguments.positional[self.index0() % arguments.positional.size()];
}

} // namespace

MethodKind method_of(const Value& self, std::string_view name) {
    const auto kind = [&](const auto& safe, const auto& unsafe) {
        return among(safe, name)     ? MethodKind::Safe
               : among(unsafe, name) ? MethodKind::Unsafe
                                     : MethodKind::None;
    };
    if (self.is<Text>()) return is_text_method(name) ? MethodKind::Safe : MethodKind::None;
    if (self.is<DictPtr>()) return kind(safe_of_dicts, unsafe_of_dicts);
    if (self.is<LoopPtr>()) return name == "cycle" || name == "changed" ? MethodKind::Safe : MethodKind::None;
    const SequencePtr* sequence = self.as<SequencePtr>();
    if (sequence == nullptr) return MethodKind::None;
    if ((*sequence)->kind == Sequence::Kind::List) return kind(safe_of_lists, unsafe_of_lists);
    const bool counts = (*sequence)->indexed() && (name == "count" || name == "index");
    return counts ? MethodKind::Safe : MethodKind::None;
}

Value call_method(const Method& method, const Arguments& arguments, Budget& budget) {
    const Value& self = method.self;
    if (const Text* text = self.as<Text>()) return call_text_method(*text, method.name, arguments, budget);
    if (const DictPtr* dict = self.as<DictPtr>())
        return call_dict_method(**dict, method.name, arguments, budget);
    if (const LoopPtr* loop = self.as<LoopPtr>())
        return call_loop_method(**loop, method.name, arguments, budget);
    return call_list_method(**self.as<SequencePtr>(), method.name, arguments, budget);
}

} // namespace lora::jinja
