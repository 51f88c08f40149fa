// A run's folder as somebody sent it, a sweep's file, and settings that are typed.

#include "engine/files/events_log.h"
#include "engine/files/manifest.h"
#include "engine/runs/result_origin.h"
#include "engine/runs/run_export.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_health.h"
#include "engine/runs/run_record.h"
#include "engine/sweeps/sweep.h"
#include "engine/targets/rank_pattern.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/readers.h"

#include <filesystem>

namespace lora::fuzz {

namespace {

void tell_all_of(const RunRecord& run) {
    for (const Alarm& alarm : find_alarms(run)) look_at(alarm.sentence);
    look_at(curves_csv(run));
    look_at(tensorboard_events(run, 1.7e9));
}

} // namespace

void read_run_folder(std::string_view bytes) {
    const auto files = files_of(bytes, 4); // run.json, events.jsonl, notes.json, lora-workbench.json
    const InputFolder& folder = input_folder();
    const std::string run = folder.path() + "/runs/run";
    std::filesystem::create_directories(run);
    folder.write("runs/run/run.json", files[0]);
    folder.write("runs/run/events.jsonl", files[1]);
    folder.write("runs/run/notes.json", files[2]);
    folder.write("runs/run/lora-workbench.json", files[3]);
    refusable([&] { tell_all_of(read_run(run)); });
    refusable([&] {
        for (const RunListing& listing : list_runs(folder.path() + "/runs")) look_at(search_text(listing));
    });
    refusable([&] { read_notes(run); });
    refusable([&] { read_origin(run); });
}

void read_events(std::string_view bytes) {
    const std::string path = input_folder().write("events.jsonl", bytes);
    refusable([&] {
        const SoundEvents before = lora::read_events(path);
        // Cut at the fault, the file holds what was sound, and no fault.
        if (keep_events(path, [](const Json&) { return true; }) != before.fault)
            throw std::logic_error("another fault at the second look");
        const SoundEvents after = lora::read_events(path);
        if (!after.fault.empty() || after.events != before.events)
            throw std::logic_error("events that change");
    });
}

void read_manifest(std::string_view bytes) {
    const InputFolder& folder = input_folder();
    const std::string step = folder.path() + "/step-000001";
    std::filesystem::create_directories(step);
    folder.write("step-000001/manifest.json", bytes);
    folder.write("step-000001/a.safetensors", "abc");
    refusable([&] {
        manifest_holds(step);
        if (const auto names = names_listed(step)) others_in(step, *names);
    });
}

void read_sweep(std::string_view bytes) {
    refusable([&] {
        Sweep sweep = sweep_from(parse_json(bytes, "sweep"), "sweep");
        resolve_paths(sweep, "/a", "/b");
        look_at(scale_warning(planned_runs(sweep)));
        if (!(sweep_from(to_json(sweep), "sweep again") == sweep))
            throw std::logic_error("a sweep that changes");
    });
}

void read_pattern_of_ranks(std::string_view bytes) {
    const std::string text(bytes);
    refusable([&] { look_at(pattern_text(rank_pattern(text, "ranks"))); });
    refusable([&] { look_at(pattern_text(alpha_pattern(text, "alphas"))); });
}

} // namespace lora::fuzz
