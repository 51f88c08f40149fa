#include "engine/runs/answers_record.h"

#include "engine/error.h"

#include <limits>
#include <string_view>

namespace lora {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view spaces = " \t\r\n";
    const std::size_t first = text.find_first_not_of(spaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

} // namespace

bool Answer::is_exact() const { return expected && trimmed(text) == trimmed(*expected); }

ExactMatches exact_matches(const AnswersRecord& record) {
    ExactMatches matches;
    for (const Answer& each : record.answers) {
        matches.all += each.expected.has_value();
        matches.right += each.is_exact();
    }
    return matches;
}

Json to_json(const AnswersRecord& record) {
    Json json{{"step", record.step}};
    if (const auto [right, all] = exact_matches(record); all > 0)
        json["exact"] = {{"right", right}, {"of", all}};
    json["answers"] = Json::array();
    for (const Answer& each : record.answers) {
        Json answer{{"prompt", each.prompt}, {"text", each.text}};
        if (each.expected) answer["expected"] = *each.expected;
        json["answers"].push_back(std::move(answer));
    }
    return json;
}

AnswersRecord answers_record(const Json& event, const std::string& where) {
    const JsonFields fields(event, where);
    AnswersRecord record;
    record.step = fields.integer("step", 0, std::numeric_limits<std::int64_t>::max());
    const Json* answers = fields.find("answers");
    if (answers == nullptr || !answers->is_array()) fail(where, "no answers", "a list of them");
    for (const Json& each : *answers) {
        const JsonFields one(each, where + ": answers");
        Answer& answer = record.answers.emplace_back(Answer{one.string("prompt"), one.string("text")});
        if (one.has("expected")) answer.expected = one.string("expected");
    }
    return record;
}

} // namespace lora
