#include "engine/templates/sorting.h"

#include "engine/templates/item_path.h"
#include "engine/templates/items.h"
#include "engine/templates/operators.h"

#include <algorithm>

namespace lora::jinja {

namespace {

struct Keyed {
    std::vector<Value> keys;
    Value item;
};

/// In the order of the keys; equal ones stay as they come, also backwards.
void order(std::vector<Keyed>& all, bool backwards, Budget& budget) {
    const auto before = [&](const std::vector<Value>& left, const std::vector<Value>& right) {
        for (std::size_t i = 0; i < left.size(); ++i)
            if (!equal(left[i], right[i], budget)) return less(left[i], right[i], budget);
        return false;
    };
    std::stable_sort(all.begin(), all.end(), [&](const Keyed& left, const Keyed& right) {
        return backwards ? before(right.keys, left.keys) : before(left.keys, right.keys);
    });
}

/// "a.b,c" is two ways.
std::vector<ItemPath> paths_of(const Value& attribute, bool respects_case) {
    std::vector<ItemPath> paths;
    if (attribute.text() == nullptr) return {ItemPath(attribute, respects_case)};
    std::string_view rest = *attribute.text();
    for (std::size_t comma = rest.find(','); comma != std::string_view::npos; comma = rest.find(',')) {
        paths.emplace_back(text(std::string(rest.substr(0, comma))), respects_case);
        rest.remove_prefix(comma + 1);
    }
    paths.emplace_back(text(std::string(rest)), respects_case);
    return paths;
}

Value items_in_order(const std::vector<Keyed>& all) {
    std::vector<Value> items;
    items.reserve(all.size());
    for (const Keyed& each : all) items.push_back(each.item);
    return sequence(std::move(items));
}

} // namespace

Value sort_filter(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "sort", {"reverse", "case_sensitive", "attribute"});
    const std::vector<ItemPath> paths = paths_of(given.value_or(2, none()), given.truth_or(1, false));
    std::vector<Keyed> all;
    for (const Value& item : items_of(input, budget)) {
        Keyed keyed{{}, item};
        for (const ItemPath& path : paths) keyed.keys.push_back(path.find(item, budget));
        all.push_back(std::move(keyed));
    }
    order(all, given.truth_or(0, false), budget);
    return items_in_order(all);
}

Value dictsort_filter(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "dictsort", {"case_sensitive", "by", "reverse"});
    const std::string by = given.text_or(1, "key");
    if (by != "key" && by != "value") throw Refusal{"dictsort by '" + by + "'", "key or value"};
    const DictPtr* dict = input.as<DictPtr>();
    if (dict == nullptr) throw Refusal{"dictsort of " + std::string(type_name(input)), "a dict"};
    const ItemPath itself(none(), given.truth_or(0, false));
    std::vector<Keyed> all;
    for (const auto& [key, value] : (*dict)->entries())
        all.push_back({{itself.find(by == "key" ? key : value, budget)}, pair(key, value)});
    order(all, given.truth_or(2, false), budget);
    return items_in_order(all);
}

Value groupby_filter(const Value& input, const Arguments& arguments, Budget& budget) {
    const Parameters given(arguments, "groupby", {"attribute", "default", "case_sensitive"});
    const ItemPath path(given.at(0), given.truth_or(2, false));
    const ItemPath shown(given.at(0));
    const Value otherwise = given.value_or(1, none());
    std::vector<Keyed> all;
    for (const Value& item : items_of(input, budget))
        all.push_back({{path.find(item, budget, otherwise)}, item});
    order(all, /*backwards=*/false, budget);
    std::vector<Value> groups;
    for (std::size_t begin = 0; begin < all.size();) {
        std::vector<Value> members;
        std::size_t end = begin;
        for (; end < all.size() && equal(all[end].keys.front(), all[begin].keys.front(), budget); ++end)
            members.push_back(all[end].item);
        if (end == begin) ++end; // NaN is not even itself
        groups.push_back(pair(shown.find(all[begin].item, budget, otherwise), sequence(std::move(members))));
        begin = end;
    }
    return sequence(std::move(groups));
}

} // namespace lora::jinja
