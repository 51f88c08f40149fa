#include "engine/data/row_shapes.h"

#include "engine/data/row_label.h"
#include "engine/data/row_messages.h"
#include "engine/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lora {

namespace {

Row chat(const JsonFields& fields, Turns turns) {
    Row row;
    row.kind = Row::Kind::Messages;
    row.chat = read_chat(fields, std::move(turns.messages));
    row.learned = std::move(turns.learned);
    return row;
}

Row pair(Row::Kind kind, std::string prompt, std::string completion) {
    Row row;
    row.kind = kind;
    row.prompt = std::move(prompt);
    row.completion = std::move(completion);
    return row;
}

bool is_list(const JsonFields& fields, const char* column) {
    const Json* value = fields.find(column);
    return value != nullptr && value->is_array();
}

/// An answer to the row's prompt, both as text or both as messages. Messages of the prompt are only read.
Row answered(const JsonFields& fields, const char* answer) {
    if (!is_list(fields, answer))
        return pair(Row::Kind::PromptCompletion, fields.string("prompt"), fields.string(answer));
    Turns turns;
    if (is_list(fields, "prompt")) turns = read_messages(fields, "prompt");
    const std::size_t asked = turns.messages.size();
    std::fill(turns.learned.begin(), turns.learned.end(), false);
    Turns answers = read_messages(fields, answer);
    for (Json& message : answers.messages) turns.messages.push_back(std::move(message));
    turns.learned.insert(turns.learned.end(), answers.learned.begin(), answers.learned.end());
    Row row = chat(fields, std::move(turns));
    row.asked = asked;
    return row;
}

Row prompt_completion(const JsonFields& fields) {
    if (is_list(fields, "completion") && !is_list(fields, "prompt"))
        fail(fields.where() + ": completion", "a list", "a string, as the prompt is");
    return answered(fields, "completion");
}

Row preference(const JsonFields& fields) {
    if (fields.has("prompt") || is_list(fields, "chosen")) return answered(fields, "chosen");
    Row row;
    row.text = fields.string("chosen");
    return row;
}

Row alpaca(const JsonFields& fields) {
    const std::string input = fields.string_or("input", "");
    return pair(Row::Kind::Exchange, fields.string("instruction") + (input.empty() ? "" : "\n\n" + input),
        fields.string("output"));
}

Row question_answer(const JsonFields& fields) {
    return pair(Row::Kind::Exchange, fields.string("question"), fields.string("answer"));
}

Row text(const JsonFields& fields) {
    if (fields.has("prompt")) fail(fields.where(), "'prompt' beside 'text'", "'prompt' and 'completion'");
    Row row;
    row.text = fields.string("text");
    read_label(fields, row);
    return row;
}

/// Two sentences that belong together, under the names that they have in published datasets.
constexpr std::array<std::array<const char*, 2>, 10> sentence_pairs{
    {{"text", "text_pair"}, {"sentence1", "sentence2"}, {"premise", "hypothesis"}, {"question", "sentence"},
        {"question1", "question2"}, {"query", "passage"}, {"text1", "text2"}, {"text_a", "text_b"},
        {"sentence_A", "sentence_B"}, {"sentence_a", "sentence_b"}}};

Row sentences(const JsonFields& fields) {
    const auto* const pair = std::find_if(sentence_pairs.begin(), sentence_pairs.end(),
        [&](const auto& names) { return fields.has(names[0]) && fields.has(names[1]); });
    Row row;
    row.text = fields.string(pair->at(0));
    row.pair = fields.string(pair->at(1));
    read_label(fields, row);
    return row;
}

std::string found_in(const Json& columns) {
    if (columns.empty()) return "no columns";
    std::string list = "the columns ";
    for (const auto& [name, value] : columns.items()) {
        if (list.size() > 200) return list + ", …";
        list += (list.ends_with(' ') ? "'" : ", '") + shown(name, 40) + (value.is_null() ? "' (null)" : "'");
    }
    return list;
}

/// What of the shape's columns the row lacks, the last one in words.
std::pair<std::size_t, std::string> absent_of(const RowShape& shape, const Json& columns) {
    std::pair<std::size_t, std::string> absent{0, ""};
    for (const std::string column : shape.columns) {
        const auto found = columns.find(column);
        if (found != columns.end() && !found->is_null()) continue;
        ++absent.first;
        absent.second = (found == columns.end() ? "no '" : "null as '") + column + "'";
    }
    return absent;
}

/// A row that no shape fits: the one that it has most of is what was meant.
[[noreturn]] void refuse(const Json& columns, const std::string& where) {
    const RowShape* meant = nullptr;
    for (const RowShape& shape : row_shapes()) {
        const bool partly = std::any_of(shape.columns.begin(), shape.columns.end(),
            [&](const char* column) { return columns.contains(column); });
        if (partly
            && (meant == nullptr || absent_of(shape, columns).first < absent_of(*meant, columns).first))
            meant = &shape;
    }
    if (meant != nullptr)
        fail(where, found_in(columns) + ": " + absent_of(*meant, columns).second, columns_of(*meant),
            "the shapes of rows are " + listed_shapes()
                + "; other names are given a meaning by {data.columns}");
    fail(where, found_in(columns), listed_shapes(),
        "say which column is what by {data.columns}, such as question=prompt,reply=completion");
}

std::vector<RowShape> made_shapes() {
    std::vector<RowShape> all{
        {"prompt_completion", {"prompt", "completion"}, prompt_completion},
        {"messages", {"messages"},
            [](const JsonFields& fields) { return chat(fields, read_messages(fields, "messages")); }},
        {"sharegpt", {"conversations"},
            [](const JsonFields& fields) {
                return chat(fields, read_conversations(fields, "conversations"));
            }},
        {"chosen_rejected", {"chosen", "rejected"}, preference,
            "the chosen answers are learned, the rejected ones are not used"},
        {"alpaca", {"instruction", "output"}, alpaca},
        {"question_answer", {"question", "answer"}, question_answer},
        {"pair", {"text", "text_pair"}, sentences},
        {"text", {"text"}, text},
    };
    for (std::size_t i = 1; i < sentence_pairs.size(); ++i)
        all.push_back({.key = "pair",
            .columns = {sentence_pairs[i][0], sentence_pairs[i][1]},
            .read = sentences,
            .renamed = true});
    return all;
}

} // namespace

const std::vector<RowShape>& row_shapes() {
    static const std::vector<RowShape> all = made_shapes();
    return all;
}

const RowShape* shape_of(const Json& columns) {
    const auto& all = row_shapes();
    const auto found = std::find_if(all.begin(), all.end(), [&](const RowShape& shape) {
        return std::all_of(shape.columns.begin(), shape.columns.end(), [&](const char* column) {
            const auto value = columns.find(column);
            return value != columns.end() && !value->is_null();
        });
    });
    return found == all.end() ? nullptr : &*found;
}

std::string columns_of(const RowShape& shape) {
    std::string list;
    for (const char* column : shape.columns)
        list += (list.empty() ? "'" : " and '") + std::string(column) + "'";
    return list;
}

std::string listed_shapes() {
    std::string list;
    for (const RowShape& shape : row_shapes())
        if (!shape.renamed) list += (list.empty() ? "" : ", or ") + columns_of(shape);
    return list;
}

Row read_row(const Record& record, const std::string& path) {
    const JsonFields fields(record.columns, path + ": " + record.place);
    const RowShape* shape = shape_of(record.columns);
    if (shape == nullptr) refuse(record.columns, fields.where());
    Row row = shape->read(fields);
    row.shape = shape;
    row.number = record.number;
    row.place = record.place;
    return row;
}

} // namespace lora
