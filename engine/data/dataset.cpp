#include "engine/data/dataset.h"

#include "engine/data/dataset_file.h"
#include "engine/data/labels.h"
#include "engine/data/order.h"
#include "engine/data/row_shapes.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_set>

namespace lora {

namespace {

constexpr std::size_t preview_samples = 8;

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
    Dataset& dataset, std::string_view text, const Tokenizer& tokenizer, std::int64_t max_length) {
    const std::vector<TokenId> ids = with_begin(tokenizer.encode(text), tokenizer);
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
            "choose a smaller {data.max_length} or a longer text");
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

/// The rows of a file, each given to `take` with faults named by file and place.
void for_each_row(
    const DatasetFile& file, const std::string& path, const std::stop_token& stop, const auto& take) {
    RowReader rows = file.rows();
    while (const auto row = rows.next()) {
        if (stop.stop_requested()) throw Error("reading " + path + " was stopped");
        try {
            take(*row);
        } catch (const Error& error) {
            throw Error(path + ": " + row->place + ": " + error.what());
        }
    }
}

/// What has to be known of all rows before the first becomes an example.
struct FirstLook {
    std::int64_t rows = 0;
    std::vector<std::string> labels;
    std::string word; ///< on the labels; empty: none
};

FirstLook look_at(
    const DatasetFile& file, const std::string& path, const std::stop_token& stop, const Goal& goal) {
    FirstLook look{0, goal.labels, ""};
    const bool seeks_labels =
        goal.task == Task::Classification && (goal.labels.empty() || goal.numbered || goal.replaceable);
    if (!seeks_labels && goal.rows <= 0) return look;
    LabelSet labels;
    for_each_row(file, path, stop, [&](const Row& row) {
        ++look.rows;
        if (seeks_labels) labels.add(row);
    });
    if (!seeks_labels) return look;
    try {
        const Classes classes = classes_of(labels.ordered(), goal);
        look.labels = classes.labels;
        look.word = classes.word;
    } catch (const Error& error) {
        throw Error(path + ": " + error.what());
    }
    return look;
}

/// Which of a file's rows are taken: so many, evenly spaced from the first on, as files are often sorted.
class Thinning {
public:
    Thinning(std::int64_t wanted, std::int64_t rows) : wanted_(wanted), rows_(rows) {}
    /// Of the next row.
    bool takes() {
        const bool takes = wanted_ <= 0 || wanted_ >= rows_ || row_ == taken_ * rows_ / wanted_;
        ++row_;
        taken_ += takes;
        return takes;
    }

private:
    std::int64_t wanted_, rows_;
    std::int64_t row_ = 0, taken_ = 0;
};

/// "CSV, rows of 'question' and 'answer', put to the model as a chat", and a warning for what is not used.
void tell_shapes(DatasetSummary& summary, const DatasetFormat& format,
    const std::map<const RowShape*, std::int64_t>& shapes, const ExampleMaker& maker, bool exchanges) {
    summary.read_as = format.name;
    for (const RowShape& shape : row_shapes()) {
        const auto found = shapes.find(&shape);
        if (found == shapes.end()) continue;
        summary.read_as += (summary.read_as == format.name ? ", rows of " : ", of ") + columns_of(shape);
        if (shapes.size() > 1) summary.read_as += " (" + std::to_string(found->second) + ")";
        if (*shape.unused != '\0') summary.warnings.push_back(summary.path + ": " + shape.unused);
    }
    if (exchanges)
        summary.read_as += maker.writes_chats()
                               ? ", put to the model as a chat"
                               : ", put together with a line break: the model has no chat template";
    for (const std::string& word : maker.words()) summary.warnings.push_back(summary.path + ": " + word);
}

void read_rows(Dataset& dataset, const DatasetFile& file, const Tokenizer& tokenizer, std::int64_t max_length,
    const std::stop_token& stop, const Goal& goal) {
    DatasetSummary& summary = dataset.summary;
    const FirstLook look = look_at(file, summary.path, stop, goal);
    if (goal.task == Task::Classification) summary.labels = look.labels;
    if (!look.word.empty()) summary.warnings.push_back(summary.path + ": " + look.word);
    const std::vector<std::string>& labels = summary.labels;
    Thinning thinning(goal.rows, look.rows);
    std::map<const RowShape*, std::int64_t> shapes;
    bool exchanges = false;
    ExampleMaker maker(tokenizer, goal.last_turn);
    for_each_row(file, summary.path, stop, [&](const Row& row) {
        if (!thinning.takes()) return;
        ++shapes[row.shape];
        exchanges |= row.kind == Row::Kind::Exchange;
        take(dataset, labels.empty() ? maker.make(row) : make_labelled_example(row, tokenizer, labels),
            tokenizer, max_length);
    });
    tell_shapes(summary, file.format(), shapes, maker, exchanges);
}

void read_stream(Dataset& dataset, const DatasetFile& file, const Tokenizer& tokenizer,
    std::int64_t max_length, const Goal& goal) {
    dataset.summary.read_as = file.format().name;
    cut_stream(dataset, file.text(), tokenizer, max_length);
    const auto rows = static_cast<std::int64_t>(dataset.examples.size());
    Thinning thinning(goal.rows, rows);
    std::erase_if(dataset.examples, [&](const Example&) { return !thinning.takes(); });
    dataset.summary.lengths.resize(dataset.examples.size());
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
    eval.summary.read_as = train.summary.read_as;
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

/// How many of `some` are among `others` too, token for token.
std::int64_t count_shared(const std::vector<Example>& some, const std::vector<Example>& others) {
    const auto key = [](const Example& example) {
        std::uint64_t sum = mixed(example.ids.size(), static_cast<std::uint64_t>(example.label));
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
    const DatasetFile file(path);
    Dataset dataset;
    DatasetSummary& summary = dataset.summary;
    summary.path = path;
    summary.plain_text = file.is_plain_text();
    if (!summary.plain_text)
        read_rows(dataset, file, tokenizer, max_length, stop, goal);
    else if (goal.task == Task::Classification)
        fail(path, "plain text", "rows with text and label, for a classifier");
    else
        read_stream(dataset, file, tokenizer, max_length, goal);
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

TrainAndEval load_datasets(const DataSettings& settings, const Tokenizer& tokenizer, std::uint64_t seed,
    const std::stop_token& stop, const Goal& goal) {
    const auto of_rows = [&](Goal part, std::int64_t rows) {
        part.rows = rows;
        part.last_turn = settings.last_turn;
        return part;
    };
    TrainAndEval sets{load_dataset(settings.train, tokenizer, settings.max_length, stop,
                          of_rows(goal, settings.train_rows)),
        std::nullopt};
    if (!settings.eval.empty())
        sets.eval = load_dataset(settings.eval, tokenizer, settings.max_length, stop,
            {.task = goal.task,
                .labels = sets.train.summary.labels,
                .rows = settings.eval_rows,
                .last_turn = settings.last_turn});
    else if (settings.eval_split > 0)
        sets.eval = hold_out(sets.train, settings.eval_split, seed, tokenizer);
    if (sets.eval) sets.eval->summary.also_trained = count_shared(sets.eval->examples, sets.train.examples);
    return sets;
}

} // namespace lora
