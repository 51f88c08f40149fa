#include "engine/data/dataset.h"

#include "engine/data/labels.h"
#include "engine/data/order.h"
#include "engine/error.h"
#include "engine/text/chat.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lora {

namespace {

constexpr std::size_t preview_samples = 8;

void append(Example& example, const std::vector<TokenId>& ids, bool learned) {
    example.ids.insert(example.ids.end(), ids.begin(), ids.end());
    example.learned.insert(example.learned.end(), ids.size(), learned);
}

void append_end(Example& example, const Tokenizer& tokenizer) {
    if (tokenizer.eos()) append(example, {*tokenizer.eos()}, true);
}

void append_chat(Example& example, const Row& row, const Tokenizer& tokenizer) {
    if (!is_chatml(tokenizer.chat_template()))
        fail("messages", "a chat", "prompt and completion, or text",
            "the model's chat template is not ChatML, the one format that messages are rendered in");
    for (const ChatPiece& piece : render_chatml(row.messages, tokenizer.chat_template()))
        append(example, tokenizer.encode(piece.text), piece.learned);
}

// Whether a label, or something besides the end token, is learned.
bool has_something_to_learn(const Example& example, const Tokenizer& tokenizer) {
    if (example.label >= 0) return true;
    for (std::size_t i = 1; i < example.ids.size(); ++i)
        if (example.learned[i] && (!tokenizer.eos() || example.ids[i] != *tokenizer.eos())) return true;
    return false;
}

std::vector<PreviewSpan> preview(
    const Example& example, const Tokenizer& tokenizer, const std::vector<std::string>& labels) {
    if (example.label >= 0)
        return {{tokenizer.decode(example.ids, /*with_special=*/true) + "  ", false},
            {labels[static_cast<std::size_t>(example.label)], true}};
    std::vector<PreviewSpan> spans;
    for (std::size_t begin = 0; begin < example.ids.size();) {
        std::size_t end = begin;
        while (end < example.ids.size() && example.learned[end] == example.learned[begin]) ++end;
        const std::vector<TokenId> ids(example.ids.begin() + static_cast<std::ptrdiff_t>(begin),
            example.ids.begin() + static_cast<std::ptrdiff_t>(end));
        spans.push_back({tokenizer.decode(ids, /*with_special=*/true), example.learned[begin]});
        begin = end;
    }
    return spans;
}

void cut(Example& example, const Tokenizer& tokenizer, std::size_t length) {
    example.ids.resize(length);
    if (example.label < 0)
        example.learned.resize(length);
    else if (tokenizer.closing())
        example.ids.back() = *tokenizer.closing();
}

// Keeps `wanted` of the items, evenly spaced from the first on: files are often sorted.
template <class Item>
void thin(std::vector<Item>& items, std::int64_t wanted) {
    const auto kept = static_cast<std::size_t>(wanted);
    if (wanted <= 0 || kept >= items.size()) return;
    for (std::size_t i = 1; i < kept; ++i)
        if (const std::size_t from = i * items.size() / kept; from != i) items[i] = std::move(items[from]);
    items.resize(kept);
}

// Takes an example in: cut, dropped or kept, and counted.
void take(Dataset& dataset, Example example, const Tokenizer& tokenizer, std::int64_t max_length) {
    DatasetSummary& summary = dataset.summary;
    const auto length = static_cast<std::int64_t>(example.ids.size());
    summary.lengths.push_back(length);
    if (length > max_length) cut(example, tokenizer, static_cast<std::size_t>(max_length));
    if (!has_something_to_learn(example, tokenizer)) {
        ++summary.dropped;
        return;
    }
    if (length > max_length) ++summary.cut;
    dataset.examples.push_back(std::move(example));
}

void cut_stream(
    Dataset& dataset, const std::string& text, const Tokenizer& tokenizer, std::int64_t max_length) {
    std::vector<TokenId> ids = tokenizer.encode(text);
    if (tokenizer.adds_bos() && tokenizer.bos()) ids.insert(ids.begin(), *tokenizer.bos());
    const auto width = static_cast<std::size_t>(max_length);
    for (std::size_t begin = 0; begin + width <= ids.size(); begin += width) {
        const auto first = ids.begin() + static_cast<std::ptrdiff_t>(begin);
        dataset.examples.push_back(
            {.ids = std::vector<TokenId>(first, first + static_cast<std::ptrdiff_t>(width)),
                .learned = std::vector<bool>(width, true),
                .line = static_cast<std::int64_t>(dataset.examples.size()) + 1});
        dataset.summary.lengths.push_back(max_length);
    }
    if (dataset.examples.empty())
        fail(dataset.summary.path, std::to_string(ids.size()) + " tokens",
            "at least one row of " + std::to_string(max_length),
            "choose a smaller --max-length or a longer text");
}

void warn(DatasetSummary& summary, std::int64_t max_length) {
    const std::string of_rows = " of " + std::to_string(summary.rows) + " samples ";
    if (summary.cut > 0)
        summary.warnings.push_back(summary.path + ": " + std::to_string(summary.cut) + of_rows
                                   + "are longer than " + std::to_string(max_length)
                                   + " tokens and are cut from the end");
    if (summary.dropped > 0)
        summary.warnings.push_back(summary.path + ": " + std::to_string(summary.dropped) + of_rows
                                   + "have nothing to learn within " + std::to_string(max_length)
                                   + " tokens and are left out");
}

void count(Dataset& dataset, const Tokenizer& tokenizer) {
    DatasetSummary& summary = dataset.summary;
    summary.samples = static_cast<std::int64_t>(dataset.examples.size());
    summary.tokens = summary.learned_tokens = 0;
    summary.preview.clear();
    for (const Example& example : dataset.examples) {
        summary.tokens += static_cast<std::int64_t>(example.ids.size());
        summary.learned_tokens += example.learned_tokens();
        if (summary.preview.size() < preview_samples)
            summary.preview.push_back(preview(example, tokenizer, summary.labels));
    }
}

std::vector<std::string> labels_for(const Rows& rows, const Goal& goal, const std::string& path) {
    if (rows.plain_text) fail(path, "plain text", "JSON Lines with text and label, for a classifier");
    try {
        return goal.labels.empty() ? labels_of(rows.rows) : goal.labels;
    } catch (const Error& error) {
        throw Error(path + ": " + error.what());
    }
}

// Moves a share of the samples, chosen by the seed, into a set of their own. Both keep the file's order.
Dataset hold_out(Dataset& train, double share, std::uint64_t seed, const Tokenizer& tokenizer) {
    const std::size_t samples = train.examples.size();
    const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(samples)));
    if (wanted == 0 || wanted >= samples)
        fail(train.summary.path, std::to_string(samples) + " samples",
            "enough that a split of " + std::to_string(share) + " leaves both sides one");
    const auto order = permutation(samples, seed, 0x5b117);
    std::vector<bool> held(samples, false);
    for (std::size_t i = 0; i < wanted; ++i) held[order[i]] = true;
    Dataset eval;
    eval.summary.path = train.summary.path;
    eval.summary.plain_text = train.summary.plain_text;
    eval.summary.labels = train.summary.labels;
    std::vector<Example> kept;
    for (std::size_t i = 0; i < samples; ++i)
        (held[i] ? eval.examples : kept).push_back(std::move(train.examples[i]));
    train.examples = std::move(kept);
    train.summary.held_out = static_cast<std::int64_t>(wanted);
    eval.summary.rows = static_cast<std::int64_t>(wanted);
    count(train, tokenizer);
    count(eval, tokenizer);
    return eval;
}

} // namespace

std::int64_t Example::learned_tokens() const {
    return learned.empty() ? 0 : std::count(learned.begin() + 1, learned.end(), true);
}

Example make_example(const Row& row, const Tokenizer& tokenizer) {
    Example example;
    example.line = row.line;
    if (tokenizer.adds_bos() && tokenizer.bos()) append(example, {*tokenizer.bos()}, false);
    switch (row.kind) {
    case Row::Kind::Text:
        append(example, tokenizer.encode(row.text), true);
        append_end(example, tokenizer);
        break;
    case Row::Kind::PromptCompletion:
        append(example, tokenizer.encode(row.prompt), false);
        append(example, tokenizer.encode(row.completion), true);
        append_end(example, tokenizer);
        break;
    case Row::Kind::Messages: append_chat(example, row, tokenizer); break;
    }
    return example;
}

Example make_labelled_example(
    const Row& row, const Tokenizer& tokenizer, const std::vector<std::string>& labels) {
    Example example;
    example.line = row.line;
    example.label = class_of(row, labels);
    example.ids = tokenizer.encode(row.text);
    if (tokenizer.adds_bos() && tokenizer.bos()) example.ids.insert(example.ids.begin(), *tokenizer.bos());
    if (tokenizer.closing()) example.ids.push_back(*tokenizer.closing());
    return example;
}

Dataset load_dataset(const std::string& path, const Tokenizer& tokenizer, std::int64_t max_length,
    const std::stop_token& stop, const Goal& goal) {
    Rows rows = read_rows(path);
    Dataset dataset;
    dataset.summary.path = path;
    dataset.summary.plain_text = rows.plain_text;
    if (goal.task == Task::Classification) dataset.summary.labels = labels_for(rows, goal, path);
    const std::vector<std::string>& labels = dataset.summary.labels;
    if (rows.plain_text) {
        cut_stream(dataset, rows.stream, tokenizer, max_length);
        thin(dataset.examples, goal.rows);
        dataset.summary.lengths.resize(dataset.examples.size());
    }
    thin(rows.rows, goal.rows);
    for (const Row& row : rows.rows) {
        if (stop.stop_requested()) throw Error("reading " + path + " was stopped");
        try {
            take(dataset,
                labels.empty() ? make_example(row, tokenizer) : make_labelled_example(row, tokenizer, labels),
                tokenizer, max_length);
        } catch (const Error& error) {
            throw Error(path + ": line " + std::to_string(row.line) + ": " + error.what());
        }
    }
    DatasetSummary& summary = dataset.summary;
    summary.rows = static_cast<std::int64_t>(summary.lengths.size());
    std::sort(summary.lengths.begin(), summary.lengths.end());
    if (dataset.examples.empty())
        fail(path, "no sample with anything to learn in " + std::to_string(summary.rows) + " rows",
            "at least one completion or text of its own within " + std::to_string(max_length) + " tokens",
            "raise --max-length, or check the completions");
    warn(summary, max_length);
    count(dataset, tokenizer);
    return dataset;
}

TrainAndEval load_datasets(const DataSettings& settings, const Tokenizer& tokenizer, std::uint64_t seed,
    const std::stop_token& stop, const Goal& goal) {
    TrainAndEval sets{load_dataset(settings.train, tokenizer, settings.max_length, stop,
                          {goal.task, goal.labels, settings.train_rows}),
        std::nullopt};
    if (!settings.eval.empty())
        sets.eval = load_dataset(settings.eval, tokenizer, settings.max_length, stop,
            {goal.task, sets.train.summary.labels, settings.eval_rows});
    else if (settings.eval_split > 0)
        sets.eval = hold_out(sets.train, settings.eval_split, seed, tokenizer);
    return sets;
}

} // namespace lora
