#include "engine/templates/items.h"

#include "engine/templates/characters.h"

#include <string>
#include <utility>

namespace lora::jinja {

std::vector<Value> items_of(const Value& value, Budget& budget) {
    if (const SequencePtr* sequence = value.as<SequencePtr>()) {
        const Sequence& found = **sequence;
        budget.spend(found.items.size());
        if (found.kind != Sequence::Kind::Generator) return found.items;
        const std::size_t begin = std::exchange(found.taken, found.items.size());
        return {found.items.begin() + static_cast<std::ptrdiff_t>(begin), found.items.end()};
    }
    std::vector<Value> items;
    if (const DictPtr* dict = value.as<DictPtr>()) {
        budget.spend((*dict)->entries().size());
        for (const auto& [key, unused] : (*dict)->entries()) items.push_back(key);
    } else if (const std::string* bytes = value.text()) {
        budget.spend(bytes->size());
        budget.spend_bytes(bytes->size() * 2 * sizeof(Value));
        for (std::size_t at = 0; at < bytes->size();) {
            const std::size_t length = character_at(*bytes, at).bytes;
            items.push_back(text(bytes->substr(at, length)));
            at += length;
        }
    } else if (!value.is<Undefined>()) {
        throw Refusal{"a walk over " + std::string(type_name(value)), "a list, a dict or a text"};
    }
    return items;
}

std::size_t length_of(const Value& value, Budget& budget) {
    if (value.is<Undefined>()) return 0;
    if (const std::string* bytes = value.text()) {
        budget.spend(1 + bytes->size() / 16);
        return count_characters(*bytes);
    }
    if (const DictPtr* dict = value.as<DictPtr>()) return (*dict)->entries().size();
    const SequencePtr* sequence = value.as<SequencePtr>();
    if (sequence == nullptr || (*sequence)->kind == Sequence::Kind::Generator)
        throw Refusal{"the length of " + std::string(type_name(value)), "a list, a dict or a text"};
    return (*sequence)->items.size();
}

} // namespace lora::jinja
