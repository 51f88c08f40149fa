#pragma once
// A sample as a model gets it: token ids, and which of them are learned.

#include "engine/chats/chat_format.h"
#include "engine/task.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lora {

struct Row;

struct Example {
    std::vector<TokenId> ids;
    std::vector<bool> learned; ///< whether ids[i] is predicted from those before it; the first never is
    std::int64_t label = -1;   ///< the text's class in the list of labels; -1: it has not one class
    /// Of several classes 1 for each that it has, else 0; of a regression its numbers.
    std::vector<float> values = {};
    Problem problem = Problem::SingleLabel; ///< what label or values are for
    std::int64_t second = 0; ///< of a pair the first token of the second type; 0: all are of the first
    std::int64_t line = 0;   ///< of the file, from 1; of a list or a text stream the row's number
    bool operator==(const Example&) const = default;

    /// Ids that count in the loss: learned ones but for the first id.
    std::int64_t learned_tokens() const;
    /// Whether its label is learned; else its tokens are.
    bool is_labelled() const { return label >= 0 || !values.empty(); }
    /// What its loss is a sum over: its label, or its learned tokens.
    std::int64_t loss_terms() const { return is_labelled() ? 1 : learned_tokens(); }
};

/// 64 bits of the label, the values and where the second text begins, to tell samples apart by.
std::uint64_t label_key(const Example& example);

/// The ids with the begin token in front, where the tokenizer adds one and they do not begin with it.
std::vector<TokenId> with_begin(std::vector<TokenId> ids, const Tokenizer& tokenizer);

/// Rows to examples, one after the other, before any cut. The ids are those of the whole text, never of its
/// parts; BOS stands in front where the tokenizer adds one, EOS behind texts and completions, both once.
/// Of a text all is learned; of prompt and completion what follows the tokens that they share with the prompt
/// alone, which TRL takes too. A chat is written by the model's template, and BOS and EOS are only those that
/// it writes; learned is what the assistant says, with the mark that ends it. What is asked and answered is a
/// chat where the model has a template, else prompt and completion with a line break between.
class ExampleMaker {
public:
    /// `last_turn`: of a chat, only the assistant's last turn is learned.
    explicit ExampleMaker(const Tokenizer& tokenizer, bool last_turn = false);

    /// Throws Error for a chat where the model has no template, for what the template refuses, and for a pair
    /// of texts.
    Example make(const Row& row);

    /// Whether the model has a template.
    bool writes_chats() const { return format_->exists(); }
    /// Sentences on what was not learned, or is not as one would expect, in the rows so far.
    std::vector<std::string> words() const;
    /// Takes over what another maker, a copy of this one, had to say of rows behind those of this one.
    void add_notes_of(const ExampleMaker& behind);
    /// Whether the template wrote the date of the day into one of them.
    bool wrote_date() const { return format_->wrote_date(); }

private:
    struct Note {
        std::int64_t times = 0;
        std::string first; ///< where it was met
    };

    Example text(const std::string& text) const;
    Example completed(const Row& row, const std::string& prompt, const std::string& completion);
    Example chat(const Row& row, const Chat& chat, std::vector<bool> learned);
    Example answered(const Row& row, const Chat& chat);
    void learn_from(Example& example, const std::vector<TokenId>& asked, const Row& row);
    void note(const std::string& words, const std::string& place);

    Tokenizer tokenizer_;
    std::shared_ptr<const ChatFormat> format_; ///< copies write by the same
    bool last_turn_;
    std::map<std::string, Note> notes_;
};

} // namespace lora
