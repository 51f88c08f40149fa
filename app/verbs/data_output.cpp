#include "app/verbs/data_output.h"

#include <iomanip>
#include <iostream>
#include <string>

namespace lora {

namespace {

constexpr const char* indent = "            ";

const char* word_of(const ReadableToken& token) {
    return token.cut_off ? "cut off" : token.learned ? "learned" : "read";
}

/// Behind its word, with the line breaks that it has shown and followed.
void print_span(const std::string& word, const std::string& text) {
    std::cout << "  " << std::left << std::setw(10) << word;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\n') {
            std::cout << text[at];
            continue;
        }
        std::cout << "↵\n";
        if (at + 1 < text.size()) std::cout << indent;
    }
    if (!text.ends_with('\n')) std::cout << '\n';
}

} // namespace

void print_row(const ReadableRow& row) {
    const RowHead& head = row.head;
    std::cout << head.place << ": " << head.length << (head.length == 1 ? " token" : " tokens");
    if (head.label.empty()) std::cout << ", " << head.learned << " learned";
    if (head.cut) std::cout << ", cut at the limit";
    if (head.left_out) std::cout << ", left out: nothing to learn within the limit";
    if (head.duplicate) std::cout << ", the same as an earlier sample";
    std::cout << '\n';
    std::string span;
    for (std::size_t i = 0; i < row.tokens.size(); ++i) {
        span += row.tokens[i].text;
        const char* word = word_of(row.tokens[i]);
        if (i + 1 < row.tokens.size() && word_of(row.tokens[i + 1]) == word) continue;
        print_span(word, span);
        span.clear();
    }
    if (row.more > 0) print_span("", "… and " + std::to_string(row.more) + " more tokens");
    if (!head.label.empty()) print_span("label", head.label);
}

void print_counts(const SurveyCounts& counts) {
    std::cout << counts.path << ": " << counts.read_as << '\n';
    for (const std::string& note : counts.notes) std::cout << note << '\n';
    for (const std::string& sentence : sentences_of(counts)) std::cout << sentence << '\n';
    std::cout << std::flush;
}

Json row_event(const ReadableRow& row) {
    const RowHead& head = row.head;
    Json ids = Json::array(), tokens = Json::array(), learned = Json::array(), special = Json::array();
    for (const ReadableToken& token : row.tokens) {
        if (token.cut_off) continue;
        ids.push_back(token.id);
        tokens.push_back(token.text);
        learned.push_back(token.learned);
        special.push_back(token.special);
    }
    Json event = {{"event", "row"}, {"row", head.index}, {"line", head.line}, {"length", head.length},
        {"cut", head.cut}, {"left_out", head.left_out}, {"duplicate", head.duplicate}, {"ids", ids},
        {"tokens", tokens}, {"learned", learned}, {"special", special}};
    if (!head.label.empty()) event["label"] = head.label;
    return event;
}

Json data_event(const SurveyCounts& counts) {
    Json event = {{"event", "data"}, {"path", counts.path}, {"read_as", counts.read_as},
        {"max_length", counts.max_length}, {"rows", counts.rows}, {"samples", counts.samples},
        {"held_out", counts.held_out}, {"cut", counts.cut}, {"left_out", counts.left_out},
        {"duplicates", counts.duplicates}, {"tokens", counts.tokens},
        {"learned_tokens", counts.learned_tokens}, {"left_over_tokens", counts.left_over},
        {"longest", counts.longest}, {"packs", counts.packing.packs}, {"pack_fill", counts.packing.fill},
        {"packed", counts.is_packed}, {"notes", counts.notes}};
    if (counts.duplicates_among > 0) event["duplicates_among"] = counts.duplicates_among;
    if (counts.repeated_left_out) event["duplicates_left_out"] = true;
    if (!counts.kept_in.empty()) event["kept_in"] = counts.kept_in;
    if (!counts.labels.empty()) {
        event["labels"] = counts.labels;
        event["problem_type"] = name(counts.problem);
        if (counts.problem != Problem::Regression) event["samples_per_label"] = counts.per_label;
        for (std::size_t i = 0; i < counts.values.size(); ++i)
            event["values"].push_back(
                {{"lowest", counts.values[i].lowest}, {"highest", counts.values[i].highest},
                    {"mean", counts.values[i].sum / static_cast<double>(counts.samples)}});
    }
    return event;
}

} // namespace lora
