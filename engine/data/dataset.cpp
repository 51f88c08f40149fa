#include "engine/data/dataset.h"

#include "engine/data/dataset_files.h"
#include "engine/data/fed_rows.h"
#include "engine/data/first_look.h"
#include "engine/data/labels.h"
#include "engine/data/order.h"
#include "engine/data/row_shapes.h"
#include "engine/error.h"
#include "engine/files/mapping_guard.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_set>

namespace lora {

namespace {

constexpr std::size_t preview_samples = 8;

std::vector<PreviewSpan> preview(
    const Example& example, const Tokenizer& tokenizer, const std::vector<std::string>& labels) {
    if (example.is_labelled())
        return {{tokenizer.decode(example.ids, /*with_special=*/true) + "  ", false},
            {label_words(example, labels), true}};
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

// Takes a row in: dropped or kept, and counted.
void take(Dataset& dataset, FedRow row) {
    DatasetSummary& summary = dataset.summary;
    summary.lengths.push_back(row.length());
    if (row.left_out) {
        ++summary.dropped;
        return;
    }
    summary.cut += row.is_cut();
    dataset.examples.push_back(std::move(row.example));
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

} // namespace

void tell_shapes(DatasetSummary& summary, const std::string& format,
    const std::map<const RowShape*, std::int64_t>& shapes, const ExampleMaker& maker, bool exchanges) {
    summary.read_as = format;
    for (const RowShape& shape : row_shapes()) {
        const auto found = shapes.find(&shape);
        if (found == shapes.end()) continue;
        summary.read_as += (summary.read_as == format ? ", rows of " : ", of ") + columns_of(shape);
        if (shapes.size() > 1) summary.read_as += " (" + std::to_string(found->second) + ")";
        if (*shape.unused != '\0') summary.warnings.push_back(summary.path + ": " + shape.unused);
    }
    if (exchanges)
        summary.read_as += maker.writes_chats()
                               ? ", put to the model as a chat"
                               : ", put together with a line break: the model has no chat template";
    for (const std::string& word : maker.words()) summary.warnings.push_back(summary.path + ": " + word);
}

namespace {

void read_rows(Dataset& dataset, const DatasetFiles& files, const Tokenizer& tokenizer,
    std::int64_t max_length, const std::stop_token& stop, const Goal& goal) {
    DatasetSummary& summary = dataset.summary;
    const auto go_on = [&] {
        if (stop.stop_requested()) throw Error("reading " + summary.path + " was stopped");
    };
    FirstLook look(files, goal);
    while (look.advance()) go_on();
    summary.labels = look.classes().labels;
    summary.problem = look.classes().problem;
    summary.label_flags = look.classes().flags;
    if (!look.classes().word.empty()) summary.warnings.push_back(summary.path + ": " + look.classes().word);
    FedRows rows(files, tokenizer, max_length, look);
    std::map<const RowShape*, std::int64_t> shapes;
    bool exchanges = false;
    while (auto row = rows.next()) {
        go_on();
        if (row->shape != nullptr) ++shapes[row->shape];
        exchanges |= row->kind == Row::Kind::Exchange;
        take(dataset, std::move(*row));
    }
    tell_shapes(summary, files.format_name(), shapes, rows.maker(), exchanges);
    if (!goal.mapping.empty()) summary.read_as += " (" + goal.mapping.words() + ")";
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
    eval.summary.has_lines = train.summary.has_lines;
    eval.summary.read_as = train.summary.read_as;
    eval.summary.labels = train.summary.labels;
    eval.summary.problem = train.summary.problem;
    eval.summary.label_flags = train.summary.label_flags;
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

Classes classes_of(const DatasetSummary& summary) {
    return {.labels = summary.labels, .problem = summary.problem, .flags = summary.label_flags};
}

Packing packing_of(const std::vector<Example>& examples, std::int64_t room) {
    std::map<std::int64_t, std::int64_t> lengths;
    for (const Example& example : examples) ++lengths[static_cast<std::int64_t>(example.ids.size())];
    return packed(lengths, room);
}

/// How many of `some` are among `others` too, token for token.
std::int64_t count_shared(const std::vector<Example>& some, const std::vector<Example>& others) {
    const auto key = [](const Example& example) {
        std::uint64_t sum = mixed(example.ids.size(), label_key(example));
        for (const TokenId id : example.ids) sum = mixed(sum, static_cast<std::uint64_t>(id));
        return sum;
    };
    std::unordered_set<std::uint64_t> keys;
    for (const Example& each : others) keys.insert(key(each));
    return std::count_if(
        some.begin(), some.end(), [&](const Example& each) { return keys.contains(key(each)); });
}

} // namespace

Dataset load_dataset(const std::string& path, const Tokenizer& tokenizer, std::int64_t max_length,
    const std::stop_token& stop, const Goal& goal) {
    const DatasetFiles files(path);
    Dataset dataset;
    DatasetSummary& summary = dataset.summary;
    summary.path = path;
    summary.plain_text = files.is_plain_text();
    summary.has_lines = files.has_lines();
    try {
        read_rows(dataset, files, tokenizer, max_length, stop, goal);
    } catch (const Error&) {
        need_unchanged_files(); // a file that is cut short reads as one with faults
        throw;
    }
    need_unchanged_files();
    summary.rows = static_cast<std::int64_t>(summary.lengths.size());
    std::sort(summary.lengths.begin(), summary.lengths.end());
    if (dataset.examples.empty())
        fail(path, "no sample with anything to learn in " + std::to_string(summary.rows) + " rows",
            "at least one completion or text of its own within " + std::to_string(max_length) + " tokens",
            "raise {data.max_length}, or check the completions");
    warn(summary, max_length);
    count(dataset, tokenizer);
    return dataset;
}

TrainAndEval load_datasets(
    const DataSettings& settings, const Tokenizer& tokenizer, const std::stop_token& stop, const Goal& goal) {
    refuse_packing_of_labels(settings, goal.task);
    TrainAndEval sets{
        load_dataset(settings.train, tokenizer, settings.max_length, stop, training_goal(goal, settings)),
        std::nullopt};
    if (!settings.eval.empty())
        sets.eval = load_dataset(settings.eval, tokenizer, settings.max_length, stop,
            evaluation_goal(settings, goal.task, classes_of(sets.train.summary)));
    else if (settings.eval_split > 0)
        sets.eval = hold_out(sets.train, settings.eval_split, settings.split_seed, tokenizer);
    if (settings.packing) sets.train.summary.packing = packing_of(sets.train.examples, settings.max_length);
    if (sets.eval) sets.eval->summary.also_trained = count_shared(sets.eval->examples, sets.train.examples);
    return sets;
}

} // namespace lora
