#pragma once
// A run about which nothing is doubtful, for tests that make one thing so.

#include "engine/plausibility/run_plan.h"
#include "tests/smollm2_shapes.h"

#include <iterator>

namespace lora {

constexpr std::int64_t gigabyte = 1'000'000'000;

inline ModelSummary whole_smollm2() {
    ModelSummary model = smollm2();
    model.name = "SmolLM2-135M";
    model.device = "cpu";
    model.hidden_size = 576;
    model.vocab_size = 49152;
    model.context_length = 8192;
    model.kept_values = 30 * (2 * 576 + 2 * (576 + 192) + 2 * 1536);
    return model;
}

/// So many samples of 40 to 60 tokens.
inline DatasetSummary samples(std::int64_t count) {
    DatasetSummary data;
    data.rows = data.samples = count;
    for (std::int64_t i = 0; i < count; ++i) ++data.lengths[40 + 20 * i / count];
    return data;
}

/// Makes the longest of them longer.
inline void set_longest(DatasetSummary& data, std::int64_t tokens) {
    if (--data.lengths.rbegin()->second == 0) data.lengths.erase(std::prev(data.lengths.end()));
    ++data.lengths[tokens];
}

/// SmolLM2 on 380 samples, as the program's first run is: 95 steps, 8 GB free of 16.
inline RunPlan planned_run() {
    RunPlan plan;
    plan.settings.model = "model";
    plan.settings.data.train = "train.jsonl";
    plan.settings.data.eval_split = 0.05;
    plan.settings.data.max_length = 128;
    plan.settings.training.lr = 2e-3;
    plan.settings.training.batch = 4;
    plan.model = std::make_shared<const ModelSummary>(whole_smollm2());
    plan.train = std::make_shared<const DatasetSummary>(samples(380));
    plan.eval = std::make_shared<const DatasetSummary>(samples(20));
    plan.room = MemoryRoom{8 * gigabyte, 16 * gigabyte};
    return plan;
}

/// Another dataset to train on.
template <class Change>
void train_on(RunPlan& plan, const Change& change) {
    DatasetSummary data = *plan.train;
    change(data);
    plan.train = std::make_shared<const DatasetSummary>(std::move(data));
}

} // namespace lora
