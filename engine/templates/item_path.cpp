#include "engine/templates/item_path.h"

#include "engine/templates/access.h"
#include "engine/templates/characters.h"
#include "engine/templates/number_text.h"

#include <algorithm>

namespace lora::jinja {

namespace {

Value part_of_path(std::string_view part) {
    const bool is_number = !part.empty() && std::all_of(part.begin(), part.end(), [](char letter) {
        return letter >= '0' && letter <= '9';
    });
    return is_number ? integer(*integer_in(part, 10)) : text(std::string(part));
}

} // namespace

ItemPath::ItemPath(const Value& path, bool respects_case) : respects_case_(respects_case) {
    if (path.is<None>()) return;
    if (path.text() == nullptr) {
        parts_.push_back(path);
        return;
    }
    std::string_view rest = *path.text();
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
        parts_.push_back(part_of_path(rest.substr(0, dot)));
        rest.remove_prefix(dot + 1);
    }
    parts_.push_back(part_of_path(rest));
}

Value ItemPath::find(Value value, Budget& budget, const Value& otherwise) const {
    for (const Value& part : parts_) {
        budget.spend();
        value = item(value, part, budget);
        if (is_undefined(value) && !otherwise.is<None>()) value = otherwise;
    }
    const std::string* bytes = value.text();
    return respects_case_ || bytes == nullptr ? value : text(lower(*bytes));
}

} // namespace lora::jinja
