#pragma once
// Short runs of the tiny model, and what is compared of them.

#include "engine/files/events_log.h"
#include "engine/files/mapped_file.h"
#include "engine/runs/run_events.h"
#include "engine/training/run.h"
#include "tests/files/scratch.h"
#include "tests/tiny_model.h"

#include <ATen/Parallel.h>

/// A model, its data and new folders for runs.
struct RunBench {
    Scratch scratch;
    std::string model = tiny::write_model(scratch.path("model"));
    std::string data = scratch.write("train.jsonl", tiny::lines(13));
    lora::LoadedModel loaded = lora::load_model(model, "cpu", at::kFloat);
    int runs = 0;

    RunBench() { at::set_num_threads(1); } // threads cost more than they give on so small a model

    std::string new_folder() { return scratch.path("run-" + std::to_string(++runs)); }

    /// All that a run can have going on at once: dropout, shuffle, pieces, held-out samples, three epochs of
    /// three steps.
    lora::RunSettings busy_settings() const {
        lora::RunSettings settings = plain_settings();
        settings.data.eval_split = 0.25;
        settings.lora.dropout = 0.1;
        settings.lora.selection.targets = "all-linear";
        settings.training.accumulate = 2;
        settings.training.epochs = 3;
        settings.training.eval_every = 4;
        settings.training.spectrum_every = 2;
        settings.training.checkpoint_every = 3;
        return settings;
    }

    lora::RunSettings plain_settings() const {
        lora::RunSettings settings;
        settings.model = model;
        settings.device = "cpu";
        settings.data.train = data;
        settings.lora.rank = 2;
        settings.lora.alpha = 4;
        settings.training.batch = 4;
        settings.training.lr = 1e-2;
        settings.training.seed = 3;
        return settings;
    }
};

inline std::vector<lora::RunEvent> to_the_end(lora::Run& run) {
    std::vector<lora::RunEvent> events;
    while (!run.is_over())
        if (auto event = run.advance()) events.push_back(std::move(*event));
    return events;
}

template <class Record>
std::vector<Record> records(const std::vector<lora::RunEvent>& events) {
    std::vector<Record> found;
    for (const auto& event : events)
        if (const auto* record = std::get_if<Record>(&event)) found.push_back(*record);
    return found;
}

inline std::string adapter_bytes(const std::string& folder) {
    return lora::read_text(folder + "/adapter/adapter_model.safetensors", 1 << 20);
}

/// The run's events without times and places.
inline std::vector<lora::Json> lasting_events(const std::string& folder, bool with_checkpoints) {
    std::vector<lora::Json> events;
    for (lora::Json& event : lora::read_events(folder + "/events.jsonl").events) {
        if (!with_checkpoints && lora::kind_of(event) == lora::EventKind::Checkpoint) continue;
        event.erase("tokens_per_s");
        event.erase("adapter");
        events.push_back(std::move(event));
    }
    return events;
}
