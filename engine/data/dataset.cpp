#include "engine/data/dataset.h"

#include "engine/data/dataset_files.h"
#include "engine/data/dataset_reading.h"
#include "engine/data/held_out.h"
#include "engine/data/labels.h"
#include "engine/data/mix_file.h"
#include "engine/data/mixed_datasets.h"
#include "engine/data/sample_cache.h"
#include "engine/data/summary_json.h"
#include "engine/error.h"

#include <map>
#include <utility>

namespace lora {

namespace {

Dataset kept_dataset(
    std::shared_ptr<const SampleFile> file, const std::string& path, const Tokenizer& tokenizer) {
    Dataset dataset;
    dataset.summary = summary_of(JsonFields(file->header(), file->path()).object("summary"), path);
    dataset.summary.kept_in = file->path();
    dataset.examples = Samples(std::move(file));
    make_preview(dataset, tokenizer);
    return dataset;
}

Dataset kept_or_read(const DatasetFiles& files, SampleCache& cache, const Tokenizer& tokenizer,
    std::int64_t max_length, const Goal& goal, const ReadingWatch& watch) {
    auto kept = cache.find();
    if (!kept) {
        auto read = read_dataset(files, tokenizer, max_length, goal, &cache, watch);
        if (read) return std::move(*read);
        kept = cache.find();
    }
    if (!kept) throw CacheUnusable("what another process wrote there is gone again");
    return kept_dataset(std::move(kept), files.path(), tokenizer);
}

Classes classes_of(const DatasetSummary& summary) {
    return {.labels = summary.labels, .problem = summary.problem, .flags = summary.label_flags};
}

Packing packing_of(const Samples& samples, std::int64_t room) {
    std::map<std::int64_t, std::int64_t> lengths;
    for (const Example& example : samples) ++lengths[static_cast<std::int64_t>(example.ids.size())];
    return packed(lengths, room);
}

} // namespace

Dataset load_dataset(const std::string& path, const Tokenizer& tokenizer, std::int64_t max_length,
    const std::stop_token& stop, const Goal& goal, const ReadProgress& progress) {
    const DatasetFiles files(path);
    const ReadingWatch watch{stop, progress};
    SampleCache cache(files, tokenizer, max_length, goal);
    Dataset dataset;
    try {
        dataset = kept_or_read(files, cache, tokenizer, max_length, goal, watch);
    } catch (const CacheUnusable& why) {
        cache.give_up();
        dataset = std::move(*read_dataset(files, tokenizer, max_length, goal, /*cache=*/nullptr, watch));
        dataset.summary.warnings.push_back(path
                                           + ": its tokens are not kept, but lie in memory, and each run "
                                             "makes them anew: "
                                           + why.what());
    }
    if (!cache.fault().empty()) dataset.summary.warnings.push_back(cache.fault());
    return dataset;
}

TrainAndEval load_datasets(const DataSettings& settings, const Tokenizer& tokenizer,
    const std::stop_token& stop, const Goal& goal, const ReadProgress& progress) {
    refuse_packing_of_labels(settings, goal.task);
    TrainAndEval sets = is_mix_file(settings.train)
                            ? load_mix(settings, tokenizer, stop, goal, progress)
                            : TrainAndEval{load_dataset(settings.train, tokenizer, settings.max_length, stop,
                                               training_goal(goal, settings), progress),
                                std::nullopt};
    if (!settings.eval.empty())
        sets.eval = load_dataset(settings.eval, tokenizer, settings.max_length, stop,
            evaluation_goal(settings, goal.task, classes_of(sets.train.summary)), progress);
    else if (settings.eval_split > 0 && !sets.eval)
        sets.eval = hold_out(sets.train, settings.eval_split, settings.split_seed, tokenizer);
    if (settings.packing) sets.train.summary.packing = packing_of(sets.train.examples, settings.max_length);
    if (sets.eval) sets.eval->summary.also_trained = count_shared(sets.eval->examples, sets.train.examples);
    return sets;
}

} // namespace lora
