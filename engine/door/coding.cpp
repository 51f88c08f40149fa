#include "engine/door/coding.h"

namespace lora {

void fail_kind(const Json& json, const Place& where, const std::string& expected) {
    const std::string found = json.is_array() ? "a list of " + std::to_string(json.size())
                              : json.is_object()
                                  ? std::string("an object")
                                  : shown(json.dump(-1, ' ', false, Json::error_handler_t::replace), 80);
    fail(where.text(), found, expected);
}

void need_list(const Json& json, const Place& where) {
    if (!json.is_array()) fail_kind(json, where, "a list");
}

void need_list(const Json& json, std::size_t items, const Place& where) {
    if (!json.is_array() || json.size() != items)
        fail_kind(json, where, "a list of " + std::to_string(items));
}

std::int64_t whole_number(const Json& json, const Place& where, std::int64_t lowest, std::int64_t highest) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const bool too_large = json.is_number_unsigned() && json.get<std::uint64_t>() > most;
    if (!json.is_number_integer() || too_large || json.get<std::int64_t>() < lowest
        || json.get<std::int64_t>() > highest)
        fail_kind(
            json, where, "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
    return json.get<std::int64_t>();
}

Json Code<Error>::encode(const Error& error) {
    return Json::array({error.what(), error.where(), error.found(), error.expected()});
}

Error Code<Error>::decode(const Json& json, const Place& where) {
    need_list(json, 4, where);
    const auto part = [&](std::size_t i) { return decoded<std::string>(json[i], where); };
    const std::string words = part(0);
    if (part(1).empty()) return Error(words);
    Error plain(part(1), part(2), part(3));
    const std::string beginning = std::string(plain.what()) + "; ";
    if (words == plain.what()) return plain;
    return words.starts_with(beginning) ? Error(part(1), part(2), part(3), words.substr(beginning.size()))
                                        : Error(words);
}

} // namespace lora
