// The settings of what is answered at each evaluation, a row each.

#include "engine/settings/rows.h"

#include <algorithm>

namespace lora {

namespace {

constexpr double most_rows = 1000, most_tokens = 4096;
constexpr std::size_t most_prompts = 100, longest_prompt = 20'000;

// A line each is what the command's text and the window's field can hold.
bool are_prompts(const Json& value) {
    return value.size() <= most_prompts && std::all_of(value.begin(), value.end(), [](const Json& each) {
        const auto& prompt = each.get_ref<const std::string&>();
        return !prompt.empty() && prompt.size() <= longest_prompt && prompt.find('\n') == std::string::npos;
    });
}

} // namespace

std::vector<Setting> answer_rows() {
    return {
        row(
            "answers.rows", "Answer held-out rows",
            "So many of the first rows that are held out are answered at each evaluation; the page Answers "
            "shows them before and after, and how many are right to the letter.",
            [](auto& s) -> auto& { return s.answers.rows; },
            Setting()
                .called("answer-rows")
                .rarely()
                .from(0)
                .to(most_rows)
                .measured_in("rows")
                .or_empty("none")),
        row(
            "answers.prompts", "Answer prompts",
            "Prompts of your own that are answered at each evaluation, a line each.",
            [](auto& s) -> auto& { return s.answers.prompts; },
            Setting()
                .called("answer-prompts")
                .rarely()
                .or_empty("none")
                .must(are_prompts, "at most 100 prompts of one line, none above 20,000 bytes")),
        row(
            "answers.chat", "Prompts by the chat template",
            "Your own prompts as a user's messages in the model's template; else they go in as they stand.",
            [](auto& s) -> auto& { return s.answers.chat; }, Setting().called("answer-chat").rarely()),
        row(
            "answers.max_new_tokens", "Tokens of an answer", "An answer ends there, if not before by itself.",
            [](auto& s) -> auto& { return s.answers.max_new_tokens; },
            Setting().called("answer-tokens").rarely().from(1).to(most_tokens).measured_in("tokens")),
    };
}

} // namespace lora
