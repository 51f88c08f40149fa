#include "engine/data/dataset_reading.h"

#include "engine/data/fed_ahead.h"
#include "engine/data/first_look.h"
#include "engine/data/labels.h"
#include "engine/data/row_shapes.h"
#include "engine/data/sample_sink.h"
#include "engine/data/seen_samples.h"
#include "engine/error.h"
#include "engine/files/mapping_guard.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <utility>

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
    if (summary.repeated > 0)
        summary.warnings.push_back(summary.path + ": " + std::to_string(summary.repeated) + of_rows
                                   + "equal an earlier one and are left out");
}

/// One reading of a dataset's files.
class DatasetReading {
public:
    using Clock = std::chrono::steady_clock;

    DatasetReading(const DatasetFiles& files, const Tokenizer& tokenizer, std::int64_t max_length,
        const Goal& goal, SampleCache* cache, const ReadingWatch& watch)
        : files_(files), tokenizer_(tokenizer), max_length_(max_length), goal_(goal), watch_(watch),
          sink_(cache, watch.stop) {
        summary_.path = files.path();
        summary_.plain_text = files.is_plain_text();
        summary_.has_lines = files.has_lines();
    }

    std::optional<Dataset> read() {
        FirstLook look(files_, goal_);
        while (look.advance()) go_on(0);
        summary_.labels = look.classes().labels;
        summary_.problem = look.classes().problem;
        summary_.label_flags = look.classes().flags;
        if (!look.classes().word.empty()) say(look.classes().word);
        FedAhead rows(FedRows(files_, tokenizer_, max_length_, look));
        while (auto row = rows.next()) {
            go_on(rows.done());
            if (!take(std::move(*row))) return std::nullopt;
        }
        tell_shapes(summary_, files_.format_name(), shapes_, rows.maker(), exchanges_);
        if (!goal_.mapping.empty()) summary_.read_as += " (" + goal_.mapping.words() + ")";
        refuse_nothing();
        warn(summary_, max_length_);
        if (seen_.compared_fully() > 0)
            say("equal samples were sought among the first " + std::to_string(seen_.compared_fully())
                + " alone");
        return finished(rows.maker().wrote_date());
    }

private:
    void go_on(double done) {
        constexpr std::chrono::milliseconds apart(250);
        if (watch_.stop.stop_requested()) throw Error("reading " + summary_.path + " was stopped");
        if (!watch_.progress || Clock::now() - told_ < apart) return;
        told_ = Clock::now();
        watch_.progress(done);
    }
    void say(const std::string& word) { summary_.warnings.push_back(summary_.path + ": " + word); }

    // Left out or taken, and counted.
    bool take(FedRow row) {
        if (row.shape != nullptr) ++shapes_[row.shape];
        exchanges_ |= row.kind == Row::Kind::Exchange;
        ++summary_.rows;
        ++summary_.lengths[row.length()];
        if (row.left_out) {
            ++summary_.dropped;
            return true;
        }
        if (goal_.distinct && seen_.knows(row.example)) {
            ++summary_.repeated;
            return true;
        }
        summary_.cut += row.is_cut();
        ++summary_.samples;
        summary_.tokens += static_cast<std::int64_t>(row.example.ids.size());
        summary_.learned_tokens += row.example.learned_tokens();
        return sink_.add(std::move(row.example));
    }

    void refuse_nothing() const {
        const std::int64_t samples = summary_.samples;
        if (samples > std::numeric_limits<std::uint32_t>::max())
            fail(summary_.path, std::to_string(samples) + " samples",
                "at most " + std::to_string(std::numeric_limits<std::uint32_t>::max()));
        if (samples == 0)
            fail(summary_.path,
                "no sample with anything to learn in " + std::to_string(summary_.rows) + " rows",
                "at least one completion or text of its own within " + std::to_string(max_length_)
                    + " tokens",
                "raise {data.max_length}, or check the completions");
    }

    Dataset finished(bool dated) {
        need_unchanged_files(); // before anything is kept
        Dataset dataset;
        dataset.examples = sink_.finish(summary_,
            {.ids = tokenizer_.size(), .labels = static_cast<std::int64_t>(summary_.labels.size())}, dated);
        dataset.summary = std::move(summary_);
        make_preview(dataset, tokenizer_);
        return dataset;
    }

    const DatasetFiles& files_;
    const Tokenizer& tokenizer_;
    std::int64_t max_length_;
    const Goal& goal_;
    const ReadingWatch& watch_;
    SampleSink sink_;
    DatasetSummary summary_;
    std::map<const RowShape*, std::int64_t> shapes_;
    bool exchanges_ = false;
    Clock::time_point told_ = Clock::now();
    SeenSamples seen_; ///< where equal samples are left out
};

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

std::optional<Dataset> read_dataset(const DatasetFiles& files, const Tokenizer& tokenizer,
    std::int64_t max_length, const Goal& goal, SampleCache* cache, const ReadingWatch& watch) {
    try {
        return DatasetReading(files, tokenizer, max_length, goal, cache, watch).read();
    } catch (const Error&) {
        need_unchanged_files(); // a file that is cut short reads as one with faults
        throw;
    }
}

void make_preview(Dataset& dataset, const Tokenizer& tokenizer) {
    dataset.summary.preview.clear();
    for (std::size_t i = 0; i < std::min(preview_samples, dataset.examples.size()); ++i)
        dataset.summary.preview.push_back(preview(dataset.examples[i], tokenizer, dataset.summary.labels));
}

} // namespace lora
