#include "engine/survey/dataset_counts.h"

#include "engine/data/mix_file.h"
#include "engine/data/seen_samples.h"

#include <map>

namespace lora {

SurveyCounts counts_of(const Dataset& data, std::int64_t max_length, const Dataset* held_out) {
    const DatasetSummary& summary = data.summary;
    SurveyCounts counts;
    counts.path = summary.path;
    counts.read_as = summary.read_as;
    counts.plain_text = summary.plain_text;
    counts.max_length = max_length;
    counts.rows = summary.rows;
    counts.held_out = summary.held_out;
    counts.cut = summary.cut;
    counts.left_out = summary.dropped;
    counts.longest = summary.lengths.empty() ? 0 : summary.lengths.rbegin()->first;
    counts.labels = summary.labels;
    counts.problem = summary.problem;
    counts.per_label.assign(summary.labels.size(), 0);
    counts.lengths = summary.lengths;
    SeenSamples seen;
    std::map<std::int64_t, std::int64_t> fed;
    const bool is_mix = is_mix_file(summary.path); // whose samples come again on purpose
    for (const Dataset* part : {&data, held_out}) {
        if (part == nullptr) continue;
        for (const Example& example : part->examples) {
            const auto length = static_cast<std::int64_t>(example.ids.size());
            ++counts.samples;
            counts.tokens += length;
            counts.learned_tokens += example.learned_tokens();
            ++fed[length];
            counts.duplicates += !is_mix && seen.knows(example);
            count_label(counts, example);
        }
    }
    counts.duplicates += summary.repeated;
    counts.repeated_left_out = summary.repeated > 0;
    counts.kept_in = summary.kept_in;
    counts.duplicates_among = seen.compared_fully();
    counts.is_packed = summary.packing.packs > 0;
    counts.packing = counts.is_packed ? summary.packing : packed(fed, max_length);
    return counts;
}

} // namespace lora
