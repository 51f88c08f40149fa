#include "engine/data/example.h"

#include "engine/chats/learned_chat.h"
#include "engine/data/answer_ends.h"
#include "engine/data/order.h"
#include "engine/data/row.h"
#include "engine/data/row_shapes.h"
#include "engine/error.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <string_view>
#include <utility>

namespace lora {

namespace {

/// A text's ids with the end token behind them, written or not.
std::vector<TokenId> with_end(const std::string& text, const Tokenizer& tokenizer) {
    if (!tokenizer.eos()) return tokenizer.encode(text);
    const std::string_view end = tokenizer.token(*tokenizer.eos());
    std::vector<TokenId> ids = tokenizer.encode(text.ends_with(end) ? text : text + std::string(end));
    if (!ids.empty() && ids.back() == *tokenizer.eos()) return ids;
    ids = tokenizer.encode(text); // its end token is never found in a text
    ids.push_back(*tokenizer.eos());
    return ids;
}

void keep_last(std::vector<bool>& learned) {
    const auto last = std::find(learned.rbegin(), learned.rend(), true);
    if (last != learned.rend()) std::fill(std::next(last), learned.rend(), false);
}

[[noreturn]] void refuse_pair(const Row& row) {
    const std::string first = row.shape ? row.shape->columns.front() : "text",
                      second = row.shape ? row.shape->columns.back() : "text_pair";
    fail("a pair of sentences", "'" + first + "' and '" + second + "'",
        "one 'text', for a model that learns tokens",
        "put them into one by {data.row_template}, such as {" + first + "}\\n{" + second + "}");
}

Chat question_and_answer(const Row& row) {
    Chat chat;
    for (const auto& [role, words] : {std::pair{"user", &row.prompt}, {"assistant", &row.completion}}) {
        Json message = Json::object();
        message["role"] = role;
        message["content"] = *words;
        chat.messages.push_back(std::move(message));
    }
    return chat;
}

} // namespace

std::vector<TokenId> with_begin(std::vector<TokenId> ids, const Tokenizer& tokenizer) {
    const bool absent =
        tokenizer.adds_bos() && tokenizer.bos() && (ids.empty() || ids.front() != *tokenizer.bos());
    if (absent) ids.insert(ids.begin(), *tokenizer.bos());
    return ids;
}

std::uint64_t label_key(const Example& example) {
    auto key = static_cast<std::uint64_t>(example.label);
    if (example.second > 0) key = mixed(key, static_cast<std::uint64_t>(example.second));
    for (const float value : example.values) key = mixed(key, std::bit_cast<std::uint32_t>(value));
    return key;
}

std::int64_t Example::learned_tokens() const {
    return learned.empty() ? 0 : std::count(learned.begin() + 1, learned.end(), true);
}

ExampleMaker::ExampleMaker(const Tokenizer& tokenizer, bool last_turn)
    : tokenizer_(tokenizer), format_(std::make_shared<const ChatFormat>(tokenizer)), last_turn_(last_turn) {}

Example ExampleMaker::make(const Row& row) {
    Example example;
    if (row.pair) refuse_pair(row);
    switch (row.kind) {
    case Row::Kind::Text: example = text(row.text); break;
    case Row::Kind::PromptCompletion: example = completed(row, row.prompt, row.completion); break;
    case Row::Kind::Messages:
        // As TRL has it, a prompt's one answer is all that follows the prompt.
        example = row.asked > 0 && row.asked + 1 == row.learned.size() && row.learned.back()
                      ? answered(row, row.chat)
                      : chat(row, row.chat, row.learned);
        break;
    case Row::Kind::Exchange:
        example = writes_chats() ? chat(row, question_and_answer(row), {false, true})
                                 : completed(row, row.prompt + "\n", row.completion);
        break;
    }
    example.line = row.number;
    return example;
}

Example ExampleMaker::text(const std::string& text) const {
    Example example;
    example.ids = with_begin(with_end(text, tokenizer_), tokenizer_);
    example.learned.assign(example.ids.size(), true);
    if (!example.ids.empty() && tokenizer_.bos() == example.ids.front()) example.learned.front() = false;
    return example;
}

Example ExampleMaker::completed(const Row& row, const std::string& prompt, const std::string& completion) {
    Example example;
    example.ids = with_begin(with_end(prompt + completion, tokenizer_), tokenizer_);
    learn_from(example, with_begin(tokenizer_.encode(prompt), tokenizer_), row);
    return example;
}

Example ExampleMaker::answered(const Row& row, const Chat& chat) {
    Example example;
    const LearnedChat written = learned_chat(*format_, chat, {});
    for (const std::string& name : written.left_out)
        note("The chat template writes nothing of '" + name + "'", row.place);
    example.ids = tokenizer_.encode(written.text);
    learn_from(example, tokenizer_.encode(question_of(*format_, chat, row.asked)), row);
    return example;
}

void ExampleMaker::learn_from(Example& example, const std::vector<TokenId>& asked, const Row& row) {
    const auto part = std::mismatch(asked.begin(), asked.end(), example.ids.begin(), example.ids.end()).first;
    example.learned.assign(static_cast<std::size_t>(part - asked.begin()), false);
    example.learned.resize(example.ids.size(), true);
    if (part != asked.end())
        note("The prompt alone ends in other tokens than before its answer, which is learned from where they "
             "part",
            row.place);
}

Example ExampleMaker::chat(const Row& row, const Chat& chat, std::vector<bool> learned) {
    if (last_turn_) keep_last(learned);
    const LearnedChat written = learned_chat(*format_, chat, learned);
    MarkedTokens tokens = tokenizer_.encode_marked(written.text, written.learned);
    if (!written.marked) leave_out_blanks(tokens, tokenizer_);
    if (written.marked && leaves_out_end(tokens, tokenizer_))
        note("The chat template's marks leave out what ends an answer: the model may not learn to stop",
            row.place);
    for (const std::string& name : written.left_out)
        note("The chat template writes nothing of '" + name + "'", row.place);
    for (const std::size_t turn : written.unplaced)
        note("The chat template writes an earlier turn otherwise once others follow: such turns are read and "
             "not learned",
            row.place + ", messages[" + std::to_string(turn) + "]");
    if (!written.other_opening.empty())
        note("The chat template opens an answer otherwise than the answers in the data begin",
            row.place + ", '" + shown(written.other_opening, 40) + "'");
    Example example;
    example.ids = std::move(tokens.ids);
    example.learned = std::move(tokens.marked);
    return example;
}

void ExampleMaker::note(const std::string& words, const std::string& place) {
    Note& note = notes_[words];
    if (note.times++ == 0) note.first = place;
}

void ExampleMaker::add_notes_of(const ExampleMaker& behind) {
    for (const auto& [words, theirs] : behind.notes_) {
        Note& note = notes_[words];
        if (note.times == 0) note.first = theirs.first;
        note.times += theirs.times;
    }
}

std::vector<std::string> ExampleMaker::words() const {
    std::vector<std::string> sentences;
    for (const auto& [words, note] : notes_) {
        const std::string often = note.times == 1 ? "once: " : std::to_string(note.times) + " times, first: ";
        sentences.emplace_back(words).append(" (").append(often).append(note.first).append(")");
    }
    if (format_->wrote_date())
        sentences.emplace_back("The chat template writes the date of the day into the chats");
    return sentences;
}

} // namespace lora
