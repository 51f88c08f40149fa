// lora sweep: many runs from one file, one after the other.

#include "app/output.h"
#include "app/verbs/sweep_output.h"
#include "app/verbs/verbs.h"
#include "engine/driver/model_shelf.h"
#include "engine/error.h"
#include "engine/hub/hub_cache.h"
#include "engine/runs/run_events.h"
#include "engine/settings/wording.h"
#include "engine/sweeps/sweep_ranking.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace lora {

namespace {

struct SweepOptions {
    std::string file;
    std::string out;
    std::string resume;
    bool retry_failed = false;
    std::string results;
    std::string rank_by;
    std::string model;
    std::string data;
    std::vector<std::string> set;
    bool dry_run = false;
    bool json = false;
};

Sweep sweep_of(const SweepOptions& options) {
    namespace fs = std::filesystem;
    Sweep sweep = read_sweep(options.file);
    for (const std::string& each : options.set) {
        const auto equals = each.find('=');
        if (equals == std::string::npos) fail("--set", "'" + shown(each) + "'", "SETTING=VALUE");
        set_base(sweep, each.substr(0, equals), each.substr(equals + 1));
    }
    const std::string home = fs::path(options.file).parent_path().string();
    if (!options.model.empty()) set_base(sweep, "model", fs::absolute(local_model(options.model)).string());
    resolve_paths(sweep, home, options.data.empty() ? home : options.data);
    return sweep;
}

void show_plan(const std::vector<PlannedRun>& runs, bool json) {
    for (const PlannedRun& run : runs) {
        std::vector<std::string> faults;
        for (const Fault& fault : run.faults) faults.push_back(in_options(sentence(fault)));
        if (json) {
            print_event({{"event", "planned"}, {"run", run.name}, {"faults", faults},
                {"settings", to_json(run.settings)}});
            continue;
        }
        std::cout << run.name;
        for (const std::string& fault : faults) std::cout << "  " << fault;
        std::cout << '\n';
    }
    std::cout << std::flush;
}

int ended(const SweepQueue& sweep, const SweepOptions& options) {
    const bool json = options.json;
    show_results(sweep.table(), json, ranking_measure(options.rank_by));
    const auto& rows = sweep.table().rows;
    const auto failed = std::count_if(
        rows.begin(), rows.end(), [](const SweepRow& row) { return row.state == SweepRunState::Failed; });
    if (json)
        print_event(
            {{"event", "done"}, {"sweep", sweep.folder()}, {"runs", rows.size()}, {"failed", failed}});
    else
        std::cout << "done: " << results_csv_path(sweep.folder()) << std::endl;
    if (failed == 0) return exit_done;
    std::cerr << "lora: " << failed << " of " << rows.size() << " runs failed; their reasons are in "
              << results_csv_path(sweep.folder()) << "; try them again with: lora sweep --resume "
              << sweep.folder() << " --retry-failed\n";
    return exit_fault;
}

int work_through(const std::string& folder, const SweepOptions& options) {
    const bool json = options.json;
    ModelShelf shelf;
    SweepQueue sweep(
        folder,
        [&](const RunSettings& settings, const std::stop_token& stop) -> LoadedModel& {
            shelf.use_threads(settings.threads);
            return shelf.get(wish_of(settings), {}, stop);
        },
        options.retry_failed);
    watch_signals();
    const std::stop_source interrupt;
    const std::jthread watcher = stop_on_signal(interrupt);
    try {
        while (!sweep.is_over() && signal_received() == 0)
            if (const auto event = sweep.advance(interrupt.get_token())) show(*event, sweep, json);
    } catch (const SweepHalted&) {
        std::cerr << "lora: once that is mended, go on with: lora sweep --resume " << sweep.folder() << '\n';
        throw;
    }
    for (const std::string& note : sweep.notes()) std::cerr << "lora: warning: " << note << '\n';
    if (sweep.is_over()) return ended(sweep, options);
    sweep.leave();
    if (!json)
        std::cerr << "lora: stopped by a signal and saved; go on with: lora sweep --resume " << sweep.folder()
                  << '\n';
    return 128 + signal_received();
}

int start(const SweepOptions& options) {
    const Sweep sweep = sweep_of(options);
    if (options.dry_run) {
        const std::vector<PlannedRun> runs = planned_runs(sweep);
        show_plan(runs, options.json);
        const std::string warning = scale_warning(runs);
        if (!warning.empty())
            std::cerr << "lora: warning: " << in_options(warning) << " Better: \"keep_scale\": true in "
                      << options.file << '\n';
        return exit_done;
    }
    create_sweep_folder(sweep, options.out);
    return work_through(options.out, options);
}

int act(const SweepOptions& options) {
    if (!options.results.empty()) {
        show_results(read_sweep_table(options.results), options.json, ranking_measure(options.rank_by));
        return exit_done;
    }
    if (options.resume.empty()) return start(options);
    return work_through(options.resume, options);
}

void check(const SweepOptions& options) {
    const int ways = !options.file.empty() + !options.resume.empty() + !options.results.empty();
    if (ways != 1) throw CLI::ValidationError("sweep", "one of FILE, --resume and --results is needed");
    if (options.retry_failed && options.resume.empty()) throw CLI::RequiredError("--resume");
    if (!options.rank_by.empty() && !ranking_measure(options.rank_by))
        throw CLI::ValidationError("--rank-by", "one of " + ranking_names() + " is expected");
    if (!options.file.empty()) {
        if (options.out.empty() && !options.dry_run) throw CLI::RequiredError("--out");
    } else if (!options.out.empty() || !options.model.empty() || !options.data.empty() || !options.set.empty()
               || options.dry_run) {
        throw CLI::ValidationError("sweep",
            "a sweep that has begun takes no other options than --retry-failed, --rank-by and --json");
    }
}

} // namespace

void add_sweep(CLI::App& command, Action& action) {
    auto options = std::make_shared<SweepOptions>();
    CLI::App* verb = command.add_subcommand("sweep", "Many runs from one file, one after the other");
    verb->add_option("file", options->file, "A sweep's JSON: name, base, runs and axes");
    verb->add_option("--out", options->out, "The sweep's folder, new or empty");
    verb->add_option("--resume", options->resume,
        "Go on with this sweep's folder: what is finished or failed is kept, what was under way goes on");
    verb->add_flag("--retry-failed", options->retry_failed,
        "With --resume: runs that failed go on too, from their checkpoints or anew");
    verb->add_option("--results", options->results, "Show the table of this sweep's folder, now");
    verb->add_option("--rank-by", options->rank_by,
        "By what the results are sorted and the best run is told: " + ranking_names()
            + " [accuracy of a classifier, else eval_loss; the sweep's order]");
    verb->add_option("--model", options->model, "The model of all runs, in place of the file's");
    verb->add_option("--data", options->data, "The folder of the file's data [the file's own]");
    verb->add_option("--set", options->set, "SETTING=VALUE for all runs, such as training.steps=5")
        ->allow_extra_args(false);
    verb->add_flag("--dry-run", options->dry_run, "List the runs and start none; no --out");
    verb->add_flag("--json", options->json, "Print JSON, one object a line");
    verb->footer("A sweep's file:\n"
                 "  {\"name\": \"ranks\",\n"
                 "   \"base\": {\"model\": \"MODEL\", \"data\": {\"train\": \"train.jsonl\", \"eval\": "
                 "\"eval.jsonl\"},\n"
                 "            \"training\": {\"steps\": 300}},\n"
                 "   \"runs\": [{\"training.lr\": 2e-4}, {\"training.lr\": 1e-3}],\n"
                 "   \"axes\": {\"lora.rank\": [1, 4, 16], \"training.seed\": [1, 2, 3]}}\n"
                 "base is as in a run.json; runs is a list and may be left out; axes are combined with each "
                 "other and\n"
                 "with each of the list: 18 runs here.\n"
                 "Examples:\n"
                 "  lora sweep ranks.json --out ranks --model SmolLM2.gguf --data my-data\n"
                 "  lora sweep --resume ranks\n"
                 "Exit codes: 0 all runs finished, 1 some failed (the others are done) or bad input, 2 "
                 "usage, 3 a full "
                 "disk, 130 and 143 saved after a signal.");
    verb->callback([options, &action] {
        check(*options);
        action = [options] { return act(*options); };
    });
}

} // namespace lora
