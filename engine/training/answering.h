#pragma once
// What a run answers at each of its evaluations: the first rows that are held out, and prompts of a person's
// own, each with the likeliest token every time. It draws no random number and changes nothing that is
// trained.

#include "engine/architectures/catalog.h"
#include "engine/data/dataset.h"
#include "engine/models/generate.h"
#include "engine/run_settings/run_settings.h"
#include "engine/runs/answers_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

class Answering {
public:
    /// `held_out`: whose first rows are asked, by what stands in front of their first learned part; of a text
    /// that is learned from its beginning its first words. Rows that the model's context has no room for are
    /// passed over; a classifier's rows too, whose labels each evaluation tells. The model must outlive it.
    /// Throws Error for a classifier with prompts, and for a prompt that is empty or too long or has no chat
    /// template to go by.
    Answering(
        const AnswerSettings& settings, const std::optional<Dataset>& held_out, const LoadedModel& loaded);

    bool has_questions() const { return !questions_.empty(); }
    /// The next token of the answer under way; the record, with this step, once all are answered.
    std::optional<AnswersRecord> advance(std::int64_t step);

private:
    struct Question {
        std::vector<TokenId> ids;
        std::vector<TokenId> ends;
        std::string prompt; ///< in words
        std::optional<std::string> expected;
    };

    std::optional<Question> question_of(const Example& row) const;
    Question question_of(const std::string& prompt, bool chat) const;
    void begin_answer();

    const LoadedModel& loaded_;
    std::int64_t max_new_tokens_;
    std::vector<Question> questions_;
    std::optional<Generation> generation_; ///< of the answer under way
    std::vector<TokenId> said_;
    AnswersRecord record_; ///< of those that are answered
};

} // namespace lora
