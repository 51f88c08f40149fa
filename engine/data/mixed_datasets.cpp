#include "engine/data/mixed_datasets.h"

#include "engine/data/dataset_reading.h"
#include "engine/data/first_look.h"
#include "engine/data/held_out.h"
#include "engine/data/mix_file.h"
#include "engine/data/mixing.h"
#include "engine/error.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iterator>
#include <limits>
#include <memory>
#include <numeric>
#include <sstream>
#include <utility>

namespace lora {

namespace {

/// The samples of several sets one after the other; a row's number counts through all of them.
class JoinedSamples : public SampleStore {
public:
    explicit JoinedSamples(const std::vector<Dataset>& sets) {
        for (const Dataset& set : sets) {
            parts_.push_back({size_, rows_, set.examples});
            size_ += set.examples.size();
            rows_ += set.summary.rows;
        }
        if (size_ > std::numeric_limits<std::uint32_t>::max())
            fail(sets.front().summary.path, std::to_string(size_) + " samples in all parts of the mix",
                "at most " + std::to_string(std::numeric_limits<std::uint32_t>::max()));
    }

    std::size_t size() const override { return size_; }
    Example sample(std::size_t index) const override {
        const Part& part = part_of(index);
        Example example = part.samples[index - part.first];
        example.line += part.rows_before;
        return example;
    }
    std::uint64_t key(std::size_t index) const override {
        const Part& part = part_of(index);
        return part.samples.key(index - part.first);
    }

private:
    struct Part {
        std::size_t first;
        std::int64_t rows_before;
        Samples samples;
    };
    const Part& part_of(std::size_t index) const {
        const auto behind = std::upper_bound(parts_.begin(), parts_.end(), index,
            [](std::size_t sought, const Part& part) { return sought < part.first; });
        return *std::prev(behind);
    }

    std::vector<Part> parts_;
    std::size_t size_ = 0;
    std::int64_t rows_ = 0;
};

/// A mix's classes are those of all its parts.
Goal goal_of_parts(const DatasetFiles& files, Goal goal, const std::stop_token& stop) {
    if (goal.task != Task::Classification) return goal;
    Goal look_for = goal;
    look_for.rows = 0;
    FirstLook look(files, look_for);
    while (look.advance())
        if (stop.stop_requested()) throw Error("reading " + files.path() + " was stopped");
    goal.labels = look.classes().labels;
    goal.problem = look.classes().problem;
    goal.flags = look.classes().flags;
    goal.numbered = goal.replaceable = false;
    return goal;
}

void add(DatasetSummary& sum, const DatasetSummary& part) {
    sum.rows += part.rows;
    sum.held_out += part.held_out;
    sum.cut += part.cut;
    sum.dropped += part.dropped;
    sum.repeated += part.repeated;
    for (const auto& [length, rows] : part.lengths) sum.lengths[length] += rows;
    sum.warnings.insert(sum.warnings.end(), part.warnings.begin(), part.warnings.end());
}

/// What all parts have in common, and the counts of their rows.
DatasetSummary joined_summary(const std::string& path, const std::vector<Dataset>& sets) {
    DatasetSummary sum;
    sum.path = path;
    sum.has_lines = false;
    sum.labels = sets.front().summary.labels;
    sum.problem = sets.front().summary.problem;
    sum.label_flags = sets.front().summary.label_flags;
    sum.plain_text =
        std::all_of(sets.begin(), sets.end(), [](const Dataset& set) { return set.summary.plain_text; });
    for (const Dataset& set : sets) add(sum, set.summary);
    return sum;
}

void count_tokens(Dataset& set) {
    set.summary.samples = static_cast<std::int64_t>(set.examples.size());
    for (const Example& example : set.examples) {
        set.summary.tokens += static_cast<std::int64_t>(example.ids.size());
        set.summary.learned_tokens += example.learned_tokens();
    }
}

/// "a mix: 75.0 % chats.jsonl (JSON Lines, …; 300 of 100 samples, each 3 times), 25.0 % facts.jsonl (…)".
std::string shares_of(const std::vector<Dataset>& sets, const std::vector<std::size_t>& draws) {
    const auto all = static_cast<double>(std::accumulate(draws.begin(), draws.end(), std::size_t{0}));
    std::ostringstream words;
    words << "a mix, in an epoch:" << std::fixed << std::setprecision(1);
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const std::size_t samples = sets[i].examples.size();
        words << (i == 0 ? " " : "; ") << 100 * static_cast<double>(draws[i]) / all << " % "
              << shown(std::filesystem::path(sets[i].summary.path).filename().string()) << " ("
              << sets[i].summary.read_as << "), " << draws[i] << " of " << samples << " samples";
        if (draws[i] > samples)
            words << ", each " << static_cast<double>(draws[i]) / static_cast<double>(samples)
                  << " times on average";
    }
    return words.str();
}

Dataset joined(const std::string& path, const std::vector<Dataset>& sets) {
    Dataset all;
    all.summary = joined_summary(path, sets);
    all.examples = Samples(std::make_shared<const JoinedSamples>(sets));
    return all;
}

std::vector<MixedPart> sizes_of(const std::vector<Dataset>& sets, const std::vector<MixPart>& parts) {
    std::vector<MixedPart> sizes;
    for (std::size_t i = 0; i < sets.size(); ++i) sizes.push_back({sets[i].examples.size(), parts[i].weight});
    return sizes;
}

} // namespace

TrainAndEval load_mix(const DataSettings& settings, const Tokenizer& tokenizer, const std::stop_token& stop,
    const Goal& goal, const ReadProgress& progress) {
    const std::vector<MixPart> parts = read_mix(settings.train);
    const Goal of_parts = goal_of_parts(DatasetFiles(settings.train), training_goal(goal, settings), stop);
    const bool splits = settings.eval.empty() && settings.eval_split > 0;
    std::vector<Dataset> sets, held_out;
    for (const MixPart& part : parts) {
        const auto read = static_cast<double>(sets.size());
        const ReadProgress of_part = [&](double done) {
            if (progress) progress((read + done) / static_cast<double>(parts.size()));
        };
        sets.push_back(load_dataset(part.path, tokenizer, settings.max_length, stop, of_parts, of_part));
        if (splits)
            held_out.push_back(hold_out(sets.back(), settings.eval_split, settings.split_seed, tokenizer));
    }
    const std::vector<MixedPart> sizes = sizes_of(sets, parts);
    const std::vector<std::size_t> draws = draws_of(sizes, settings.train);
    TrainAndEval both{joined(settings.train, sets), std::nullopt};
    both.train.examples = both.train.examples.some(mixed_order(sizes, draws, settings.split_seed));
    both.train.summary.read_as = shares_of(sets, draws);
    count_tokens(both.train);
    make_preview(both.train, tokenizer);
    if (!splits) return both;
    both.eval = joined(settings.train, held_out);
    both.eval->summary.read_as = both.train.summary.read_as;
    count_tokens(*both.eval);
    make_preview(*both.eval, tokenizer);
    return both;
}

} // namespace lora
