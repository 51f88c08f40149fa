#include "engine/templates/text_questions.h"

#include "engine/templates/characters.h"

namespace lora::jinja {

namespace {

bool all_are(std::string_view text, bool (*is)(std::int32_t)) {
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (character.code < 0 || !is(character.code)) return false;
        at += character.bytes;
    }
    return !text.empty();
}

/// Whether there are letters of this case and none of the other.
bool only_case(std::string_view text, bool (*wanted)(std::int32_t), bool (*other)(std::int32_t)) {
    bool found = false;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (character.code >= 0 && other(character.code)) return false;
        found = found || (character.code >= 0 && wanted(character.code));
        at += character.bytes;
    }
    return found;
}

} // namespace

bool answer(std::string_view question, std::string_view bytes) {
    if (question == "isupper") return only_case(bytes, is_upper, is_lower);
    if (question == "islower") return only_case(bytes, is_lower, is_upper);
    if (question == "isspace") return all_are(bytes, is_space);
    if (question == "isalpha") return all_are(bytes, is_letter);
    if (question == "isalnum")
        return all_are(bytes, [](std::int32_t code) { return is_letter(code) || is_digit(code); });
    return all_are(bytes, is_digit);
}

} // namespace lora::jinja
