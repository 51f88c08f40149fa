// lora train: a run from its options, or the going on of one.

#include "app/output.h"
#include "app/verbs/reading_lines.h"
#include "app/verbs/train_costs.h"
#include "app/verbs/train_options.h"
#include "app/verbs/train_output.h"
#include "app/verbs/train_ranks.h"
#include "app/verbs/verbs.h"
#include "engine/devices/failure.h"
#include "engine/driver/driven_run.h"
#include "engine/driver/model_shelf.h"
#include "engine/error.h"
#include "engine/files/store.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"
#include "engine/settings/wording.h"
#include "engine/training/run_inputs.h"

#include <chrono>
#include <csignal>
#include <iostream>
#include <sstream>

namespace lora {

namespace {

int carry_through(
    DrivenRun& driven, const Model& model, const Profile& loading, const TrainOptions& options) {
    const bool json = options.json;
    const Run& run = driven.run();
    watch_signals();
    show_warnings(run, json);
    show_packing(run, json);
    const auto profile = [&] {
        if (options.profile && run.ranks().leads()) show_profile(run, model, loading, json);
    };
    const std::stop_source interrupt;
    const std::jthread watcher = stop_on_signal(interrupt);
    // Several ranks stop together: a signal to one of them is told to all before they do.
    const auto is_stopped = [&] {
        return run.ranks().is_alone() ? signal_received() != 0 : run.has_stopped();
    };
    try {
        while (!run.is_over() && !is_stopped())
            if (const auto news = driven.advance(interrupt.get_token())) {
                // The end's event is the last line: what the run did to the model comes before it.
                const bool is_end = std::holds_alternative<EndRecord>(news->event);
                show_each(news->notes, run, json);
                if (is_end) {
                    profile();
                    show_alarms(run, news->alarms, json);
                }
                show(news->event, run, json);
                if (!is_end) show_alarms(run, news->alarms, json);
            }
    } catch (...) {
        tell_of_failure(driven);
        throw;
    }
    if (run.is_over()) return exit_done;
    show(driven.save().event, run, json);
    profile();
    if (!json && run.ranks().leads())
        std::cerr << "lora: stopped by a signal and saved; go on with: lora train --resume " << run.folder()
                  << '\n';
    return 128 + (signal_received() != 0 ? signal_received() : SIGTERM);
}

LoadedModel& model_of(
    ModelShelf& shelf, const RunSettings& settings, const RankGroup& ranks, Profile& profile) {
    const Timed timed(&profile, Phase::Load);
    refuse(faults(settings)); // before a thread too many is made
    shelf.use_threads(threads_of_rank(ranks, settings.threads));
    ModelWish wish = wish_of(settings);
    wish.device = device_of_rank(ranks, wish.device);
    return shelf.get(wish);
}

ReadProgress progress_of(const RankGroup& ranks, bool json) {
    return ranks.leads() ? reading_lines(json) : ReadProgress();
}

int train_new(const TrainOptions& options, const std::shared_ptr<RankGroup>& ranks) {
    const RunSettings settings = options.settings();
    Profile loading;
    ModelShelf shelf;
    LoadedModel& loaded = model_of(shelf, settings, *ranks, loading);
    const auto run = DrivenRun::start(
        settings, options.out, loaded, /*stop=*/{}, ranks, progress_of(*ranks, options.json));
    return carry_through(*run, *loaded.model, loading, options);
}

std::unique_ptr<DrivenRun> resumed(const std::string& folder, LoadedModel& loaded, const ResumeWish& wish,
    const std::shared_ptr<RankGroup>& ranks, bool json) {
    try {
        return DrivenRun::resume(folder, loaded, /*stop=*/{}, wish, ranks, progress_of(*ranks, json));
    } catch (const InputsChanged&) {
        std::cerr << "lora: to go on with these files all the same: --other-files\n";
        throw;
    }
}

/// What is wrong there was typed by nobody now: the file is named with it.
void refuse_what_is_recorded(const std::string& folder, const RunSettings& settings) {
    try {
        refuse(faults(settings));
    } catch (const Error& error) {
        throw Error(settings_path(folder) + ": " + error.what());
    }
}

int train_on(const TrainOptions& options, const std::shared_ptr<RankGroup>& ranks) {
    const RunRecord record = read_run_curves(options.resume);
    if (record.finished) {
        const std::string result = result_path(options.resume, record.settings.method);
        if (!ranks->leads()) return exit_done;
        if (options.json)
            print_event(done_event(
                record.steps.empty() ? record.total_steps : record.steps.back().step, result, *record.end));
        else
            std::cout << options.resume << ": this run is finished; its result is " << result << std::endl;
        return exit_done;
    }
    Profile loading;
    ModelShelf shelf;
    const ResumeWish wish = options.wish(record.settings);
    if (!wish.settings) refuse_what_is_recorded(options.resume, record.settings);
    LoadedModel& loaded = model_of(shelf, wish.settings.value_or(record.settings), *ranks, loading);
    const auto run = resumed(options.resume, loaded, wish, ranks, options.json);
    return carry_through(*run, *loaded.model, loading, options);
}

int train(const TrainOptions& options) {
    if (options.dry_run) {
        show_estimate(options.settings(), options.json);
        return exit_done;
    }
    const std::chrono::seconds silence(options.rank_timeout);
    if (options.ranks > 0) return train_with_ranks(options.ranks, silence);
    const std::shared_ptr<RankGroup> ranks = ranks_of_environment(silence);
    try {
        return options.resume.empty() ? train_new(options, ranks) : train_on(options, ranks);
    } catch (const std::exception& failure) {
        ranks->leave(in_options(message_of(failure)));
        throw;
    }
}

} // namespace

void add_train(CLI::App& command, Action& action) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* verb =
        command.add_subcommand("train", "Fine-tune with LoRA, in full or in a subspace, or go on with a run");
    options->add_to(*verb);
    verb->footer(
        "Examples:\n"
        "  lora train --model smollm2.gguf --data train.jsonl --eval eval.jsonl --out run --rank 8 "
        "--alpha 16\n"
        "  lora train --model all-MiniLM-L6-v2 --data labelled.jsonl --eval-split 0.1 --out run "
        "--epochs 2 --batch 32 --lr 1e-3\n"
        "  lora train --model smollm2 --data train.jsonl --out run --method full --lr 2e-5\n"
        "  lora train --model all-MiniLM-L6-v2 --data labelled.jsonl --out run --method subspace "
        "--subspace-dimension 1000 --said --lr 1e-2\n"
        "  lora train --resume run\n"
        "  lora train --resume run --accumulate 4 --gradient-checkpointing\n"
        "  lora train --model smollm2.gguf --data train.jsonl --batch 16 --dry-run\n"
        "  lora train --model smollm2 --data train.jsonl --out run --batch 16 --ranks 4\n"
        "Exit codes: 0 done, 1 bad input or a fault, 2 usage, 3 NaN or a full disk, 129, 130, 141 and "
        "143 saved after a hang-up, Ctrl-C, a closed pipe and a request to end.");
    verb->callback([options, &action] {
        options->check();
        action = [options] { return train(*options); };
    });
}

} // namespace lora
