#include "app/verbs/train_costs.h"

#include "app/output.h"
#include "app/verbs/data_output.h"
#include "app/verbs/reading_lines.h"
#include "engine/adapters/peft.h"
#include "engine/data/dataset.h"
#include "engine/devices/devices.h"
#include "engine/error.h"
#include "engine/plausibility/doubts.h"
#include "engine/runs/run_events.h"
#include "engine/settings/memory_estimate.h"
#include "engine/settings/wording.h"
#include "engine/survey/dataset_counts.h"
#include "engine/targets/targets.h"
#include "engine/training/classes.h"
#include "engine/training/token_start.h"

#include <iomanip>
#include <iostream>
#include <memory>

namespace lora {

namespace {

constexpr double megabyte = 1e6;

void print_part(const char* name, std::int64_t bytes) {
    std::cout << std::left << std::setw(13) << name << std::right << std::fixed << std::setprecision(0)
              << std::setw(8) << static_cast<double>(bytes) / megabyte << " MB\n";
}

void print_table(const MemoryEstimate& estimate) {
    print_part("process", estimate.process);
    print_part("weights", estimate.weights);
    print_part("adapter", estimate.adapter);
    print_part("optimizer", estimate.optimizer);
    print_part("activations", estimate.activations);
    print_part("work", estimate.work);
    print_part("in all", estimate.total());
    std::cout << std::flush;
}

void print_table(const Profile& profile) {
    std::cout << std::left << std::setw(12) << "phase" << std::right << std::setw(10) << "seconds"
              << std::setw(8) << "share" << std::setw(8) << "times" << std::setw(10) << "ms each" << '\n'
              << std::fixed;
    for (std::size_t i = 0; i < phase_count; ++i) {
        const PhaseTime& time = profile.phases[i];
        if (time.times == 0) continue;
        std::cout << std::left << std::setw(12) << name(Phase(i)) << std::right << std::setprecision(3)
                  << std::setw(10) << time.seconds << std::setprecision(1) << std::setw(7)
                  << 100 * time.seconds / profile.seconds() << '%' << std::setw(8) << time.times
                  << std::setprecision(2) << std::setw(10)
                  << 1000 * time.seconds / static_cast<double>(time.times) << '\n';
    }
}

std::string with_mend(const Doubt& doubt) {
    return doubt.mend.empty() ? doubt.sentence : doubt.sentence + " Better: " + mend_options(doubt.mend);
}

/// What the data are read for, once the adapter that the run would begin with is seen to fit the model.
Goal goal_of_run(const RunSettings& settings) {
    Weights weights = open_weights(settings.model);
    weights.prepare(at::kMeta, at::kFloat, {}, {});
    const auto model = make_model(weights, at::kMeta);
    Adapter start;
    if (!trains_weights(settings.method) && !settings.lora.adapter.empty()) {
        start = with_widths_of(*model, read_peft(settings.lora.adapter, at::kCPU));
        check_fit(start, *model);
    }
    return goal_of_training(start.head, *model);
}

void show_set(const Dataset& set, const Dataset* held_out, std::int64_t max_length, bool json) {
    const SurveyCounts counts = counts_of(set, max_length, held_out);
    if (json) {
        print_event(data_event(counts));
    } else {
        std::cout << '\n';
        print_counts(counts);
    }
    for (const std::string& warning : set.summary.warnings) {
        if (json)
            print_event(warning_event(warning));
        else
            std::cerr << "lora: warning: " << warning << '\n';
    }
}

/// What training would be fed and measured on.
void show_data(const TrainAndEval& data, const DataSettings& settings, bool json) {
    const bool is_split = data.eval && settings.eval.empty();
    show_set(data.train, is_split ? &*data.eval : nullptr, settings.max_length, json);
    if (data.eval && !is_split) show_set(*data.eval, nullptr, settings.max_length, json);
}

/// Throws Error with those that say that the run cannot work.
void show_doubts(const std::vector<Doubt>& doubts, bool json) {
    std::string refusals;
    for (const Doubt& doubt : doubts) {
        if (json) print_event(doubt_event(doubt));
        if (doubt.kind == DoubtKind::Refusal)
            refusals.append(refusals.empty() ? "" : "\n").append(with_mend(doubt));
        else if (!json)
            std::cerr << "lora: warning: " << in_options(with_mend(doubt)) << '\n';
    }
    if (!refusals.empty()) throw Error(refusals);
}

} // namespace

void show_estimate(const RunSettings& settings, bool json) {
    refuse(faults(settings));
    ModelSummary model = describe_model(settings.model);
    model.device = choose_device(settings.device, find_devices());
    if (!trains_weights(settings.method)) // told before the data are read
        select_targets(model.linears, settings.lora.selection);
    const TrainAndEval data = load_datasets(settings.data, tokenizer_of_run(model, settings.tokens),
        /*stop=*/{}, goal_of_run(settings), reading_lines(json));
    RunPlan plan{settings, std::make_shared<const ModelSummary>(model),
        std::make_shared<const DatasetSummary>(data.train.summary), nullptr, memory_room(model.device)};
    if (data.eval) plan.eval = std::make_shared<const DatasetSummary>(data.eval->summary);
    const MemoryEstimate estimate = memory_of(plan);
    if (json)
        print_event(estimate_event(estimate));
    else
        print_table(estimate);
    show_data(data, settings.data, json);
    show_doubts(doubts_of(plan), json);
}

void show_profile(const Profile& profile, std::int64_t peak_memory_bytes, bool json) {
    if (json) {
        Json event = profile_event(profile);
        event["peak_memory_bytes"] = peak_memory_bytes;
        return print_event(event);
    }
    print_table(profile);
    std::cout << "peak memory " << std::setprecision(0) << static_cast<double>(peak_memory_bytes) / megabyte
              << " MB" << std::endl;
}

} // namespace lora
