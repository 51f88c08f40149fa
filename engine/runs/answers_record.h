#pragma once
// What a model answered to the same prompts at one step of its training: an event of the run, and how many
// answers are those of the data.

#include "engine/files/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

struct Answer {
    std::string prompt;
    std::string text;                         ///< what the model said, without the mark that ends it
    std::optional<std::string> expected = {}; ///< what the data say; none to a prompt of a person's own
    bool operator==(const Answer&) const = default;

    /// Whether it is what the data say, but for spaces at the ends.
    bool is_exact() const;
};

struct AnswersRecord {
    std::int64_t step = 0; ///< 0: before the first step
    std::vector<Answer> answers;
    bool operator==(const AnswersRecord&) const = default;
};

struct ExactMatches {
    std::int64_t right = 0;
    std::int64_t all = 0; ///< answers that the data have a word on
    bool operator==(const ExactMatches&) const = default;
};

ExactMatches exact_matches(const AnswersRecord& record);

/// The event's fields beside its name, and back. Throws Error naming `where`.
Json to_json(const AnswersRecord& record);
AnswersRecord answers_record(const Json& event, const std::string& where);

} // namespace lora
