#include "engine/templates/text_format.h"

#include "engine/templates/value_text.h"

#include <algorithm>

namespace lora::jinja {

std::string filled_format(std::string_view format, const Arguments& arguments, Budget& budget) {
    std::string out;
    std::size_t next = 0;
    const auto value_of = [&](std::string_view field) -> const Value& {
        for (const auto& [name, value] : arguments.named)
            if (name == field) return value;
        const bool numbered = field.size() == 1 && field[0] >= '0' && field[0] <= '9';
        const std::size_t place = numbered ? static_cast<std::size_t>(field[0] - '0') : next++;
        if ((!field.empty() && !numbered) || place >= arguments.positional.size())
            throw Refusal{
                "{" + std::string(field) + "} in format()", "{}, {0} or {name} of a value that is given"};
        return arguments.positional[place];
    };
    for (std::size_t at = 0; at < format.size(); ++at) {
        const bool doubled = at + 1 < format.size() && format[at] == format[at + 1];
        if (format[at] != '{' && format[at] != '}') {
            budget.append(out, format.substr(at, 1));
        } else if (doubled) {
            budget.append(out, format.substr(at++, 1));
        } else {
            const std::size_t end = std::min(format.find('}', at), format.size());
            if (end == format.size() || format[at] == '}')
                throw Refusal{"a lone brace in format()", "a pair"};
            budget.append(out, to_text(value_of(format.substr(at + 1, end - at - 1)), budget));
            at = end;
        }
    }
    return out;
}

} // namespace lora::jinja
