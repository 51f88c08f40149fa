#include "engine/data/sample_rules.h"

#include "engine/data/example.h"
#include "engine/data/row.h"
#include "engine/data/sample_bytes.h"
#include "engine/error.h"
#include "engine/files/digest.h"

#include <string>
#include <vector>

namespace lora {

namespace {

constexpr const char* hard_text = "Once upon 1,234 times: caf\xc3\xa9, na\xc3\xafve \xe2\x80\x94 don't\n\n"
                                  "\t  x = y+1;  \xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x98\x80 WON'T3.14\r\nend ";

Json message_of_role(const char* role, const char* content) {
    Json message = Json::object();
    message["role"] = role;
    message["content"] = content;
    return message;
}

std::vector<Row> rows_of_every_kind() {
    Row text, completed, exchange, chat;
    text.text = hard_text;
    completed.kind = Row::Kind::PromptCompletion;
    exchange.kind = Row::Kind::Exchange;
    for (Row* row : {&completed, &exchange}) {
        row->prompt = hard_text;
        row->completion = hard_text;
    }
    chat.kind = Row::Kind::Messages;
    chat.learned = {false, false, true, false, true};
    for (const char* role : {"system", "user", "assistant", "user", "assistant"})
        chat.chat.messages.push_back(message_of_role(role, hard_text));
    return {text, completed, exchange, chat};
}

/// SHA-256 of what becomes of them; a refusal counts by its words.
std::string digest_of_examples_made(const Tokenizer& tokenizer, bool last_turn) {
    ExampleMaker maker(tokenizer, last_turn);
    std::string made;
    for (const Row& row : rows_of_every_kind()) {
        try {
            append_sample(made, maker.make(row));
        } catch (const Error& error) {
            made += error.what();
        }
    }
    return sha256(made);
}

} // namespace

Json sample_rules(const Tokenizer& tokenizer, std::int64_t max_length, const Goal& goal) {
    // A further member is a further rule.
    const auto& [task, labels, rows, last_turn, numbered, replaceable, distinct, mapping, problem, flags] =
        goal;
    return {{"version", LORA_VERSION}, {"tokenizer", tokenizer.sha256()}, {"max_length", max_length},
        {"task", static_cast<int>(task)}, {"labels", labels}, {"rows", rows}, {"distinct", distinct},
        {"last_turn", last_turn}, {"numbered", numbered}, {"replaceable", replaceable},
        {"mapping", mapping.text()}, {"problem", name(problem)}, {"flags", flags ? Json(*flags) : Json()},
        {"made", digest_of_examples_made(tokenizer, last_turn)}};
}

} // namespace lora
