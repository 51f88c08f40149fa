#include "engine/training/answering.h"

#include "engine/chats/chat_format.h"
#include "engine/data/prompt.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

constexpr std::size_t most_first_words = 16; // tokens

/// Where the first learned part of a row begins and ends; of a text that is learned from its beginning, the
/// part behind its first words.
std::pair<std::size_t, std::size_t> learned_part(const Example& row) {
    const auto first = std::find(row.learned.begin(), row.learned.end(), true);
    const auto last = std::find(first, row.learned.end(), false);
    auto begin = static_cast<std::size_t>(first - row.learned.begin());
    const auto end = static_cast<std::size_t>(last - row.learned.begin());
    if (begin <= 1) begin = std::clamp<std::size_t>(end / 2, begin, most_first_words);
    return {begin, end};
}

} // namespace

Answering::Answering(
    const AnswerSettings& settings, const std::optional<Dataset>& held_out, const LoadedModel& loaded)
    : loaded_(loaded), max_new_tokens_(settings.max_new_tokens) {
    const bool speaks = loaded.model->task() == Task::NextToken;
    if (!speaks && !settings.prompts.empty())
        fail("answers.prompts", "a classifier", "a model that predicts the next token",
            "a classifier answers its rows by labels, and no prompts");
    if (!speaks) return; // what it takes its rows for stands in each evaluation
    if (held_out)
        for (const Example& row : held_out->examples) {
            if (static_cast<std::int64_t>(questions_.size()) >= settings.rows) break;
            if (auto question = question_of(row)) questions_.push_back(std::move(*question));
        }
    for (const std::string& prompt : settings.prompts)
        questions_.push_back(question_of(prompt, settings.chat));
}

std::optional<Answering::Question> Answering::question_of(const Example& row) const {
    const auto [begin, end] = learned_part(row);
    const std::vector<TokenId> asked(row.ids.begin(), row.ids.begin() + static_cast<std::ptrdiff_t>(begin));
    const std::vector<TokenId> answer(row.ids.begin() + static_cast<std::ptrdiff_t>(begin),
        row.ids.begin() + static_cast<std::ptrdiff_t>(end));
    if (asked.empty() || static_cast<std::int64_t>(asked.size()) > loaded_.model->context_length())
        return std::nullopt;
    const Tokenizer& tokenizer = loaded_.tokenizer;
    Question question{
        asked, tokenizer.ends(), tokenizer.decode(asked, /*with_special=*/true), tokenizer.decode(answer)};
    // A chat's template may end what is said by a mark of its own.
    const auto mark =
        std::find_if(answer.rbegin(), answer.rend(), [&](TokenId id) { return is_special(id, tokenizer); });
    if (mark != answer.rend()) question.ends.push_back(*mark);
    return question;
}

Answering::Question Answering::question_of(const std::string& prompt, bool chat) const {
    Prompt asked = prompt_of(prompt, chat, loaded_.tokenizer);
    const Generation fits(*loaded_.model, asked.ids, asked.ends, {}); // or throws
    return {std::move(asked.ids), std::move(asked.ends), prompt, std::nullopt};
}

void Answering::begin_answer() {
    const Question& question = questions_[record_.answers.size()];
    generation_.emplace(
        *loaded_.model, question.ids, question.ends, GenerationSettings{.max_new_tokens = max_new_tokens_});
    said_.clear();
}

std::optional<AnswersRecord> Answering::advance(std::int64_t step) {
    if (!generation_) begin_answer();
    if (const auto token = generation_->next()) {
        said_.push_back(*token);
        return std::nullopt;
    }
    generation_.reset();
    const Question& question = questions_[record_.answers.size()];
    record_.answers.push_back({question.prompt, loaded_.tokenizer.decode(said_), question.expected});
    if (record_.answers.size() < questions_.size()) return std::nullopt;
    record_.step = step;
    return std::exchange(record_, {});
}

} // namespace lora
