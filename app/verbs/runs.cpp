// lora runs: past runs as a list, their settings side by side, their curves for other programs.

#include "app/output.h"
#include "app/verbs/verbs.h"
#include "engine/error.h"
#include "engine/files/store.h"
#include "engine/runs/run_export.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_record.h"
#include "engine/settings/setting_differences.h"

#include <cstdlib>
#include <iomanip>
#include <iostream>

namespace lora {

namespace {

struct ListOptions {
    std::string folder;
    std::string words;
    bool json = false;
};

struct DifferenceOptions {
    std::vector<std::string> runs;
    bool json = false;
};

struct RunExportOptions {
    std::string run;
    std::string csv;
    std::string tensorboard;
    bool json = false;
};

/// Where the window keeps its runs.
std::string usual_folder() {
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    const std::string base = data != nullptr && *data != '\0' ? data
                             : home != nullptr                ? std::string(home) + "/.local/share"
                                                              : ".";
    return base + "/lora-workbench/runs";
}

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json run_event(const RunListing& run) {
    return {{"event", "run"}, {"folder", run.folder}, {"name", run.name}, {"changed", run.changed},
        {"steps_done", run.steps_done}, {"total_steps", run.total_steps}, {"finished", run.finished},
        {"resumable", run.resumable}, {"loss", or_null(run.loss)},
        {"evaluation_loss", or_null(run.evaluation)}, {"tags", run.notes.tags}, {"notes", run.notes.text},
        {"settings", to_json(run.settings)}};
}

std::string words(const std::optional<double>& value) {
    if (!value) return "-";
    std::ostringstream text;
    text << std::fixed << std::setprecision(4) << *value;
    return text.str();
}

int show_list(const ListOptions& options) {
    const auto column = [](int columns) { return std::setw(columns); };
    if (!options.json)
        std::cout << std::left << column(40) << "run" << std::right << column(14) << "steps" << column(10)
                  << "loss" << column(10) << "eval"
                  << "  tags\n";
    for (const RunListing& run : list_runs(options.folder)) {
        if (!matches(search_text(run), options.words)) continue;
        if (options.json) {
            print_event(run_event(run));
            continue;
        }
        std::cout << std::left << column(40) << run.name << std::right << column(14)
                  << (std::to_string(run.steps_done) + "/" + std::to_string(run.total_steps)) << column(10)
                  << words(run.loss) << column(10) << words(run.evaluation) << "  " << text_of(run.notes.tags)
                  << '\n';
    }
    std::cout << std::flush;
    return exit_done;
}

int show_differences(const DifferenceOptions& options) {
    std::vector<RunSettings> settings;
    for (const std::string& run : options.runs) settings.push_back(read_run_file(run).settings);
    for (const SettingRow& row : setting_differences(settings)) {
        if (options.json) {
            print_event({{"event", "difference"}, {"setting", row.name}, {"values", row.values}});
            continue;
        }
        std::cout << std::left << std::setw(26) << row.name;
        for (const std::string& value : row.values) std::cout << "  " << std::setw(20) << value;
        std::cout << '\n';
    }
    std::cout << std::flush;
    return exit_done;
}

int export_run(const RunExportOptions& options) {
    const RunRecord run = read_run_curves(options.run);
    const auto tell = [&](const char* format, const std::string& path) {
        if (options.json)
            print_event({{"event", "exported"}, {"format", format}, {"path", path}});
        else
            std::cout << path << std::endl;
    };
    if (!options.csv.empty()) {
        write_file(options.csv, curves_csv(run));
        tell("csv", options.csv);
    }
    if (!options.tensorboard.empty()) tell("tensorboard", export_tensorboard(run, options.tensorboard));
    return exit_done;
}

void add_run_differences(CLI::App& runs, Action& action) {
    auto options = std::make_shared<DifferenceOptions>();
    CLI::App* verb = runs.add_subcommand("diff", "The settings in which runs differ");
    verb->add_option("runs", options->runs, "Folders of runs")->required()->expected(2, 64);
    verb->add_flag("--json", options->json, "Print JSON, one object a setting");
    verb->footer("Example:\n  lora runs diff first-run second-run");
    verb->callback([options, &action] { action = [options] { return show_differences(*options); }; });
}

void add_run_export(CLI::App& runs, Action& action) {
    auto options = std::make_shared<RunExportOptions>();
    CLI::App* verb = runs.add_subcommand("export", "A run's curves for other programs");
    verb->add_option("run", options->run, "A run's folder")->required();
    CLI::Option* csv = verb->add_option("--csv", options->csv, "Write one line a step to this file");
    CLI::Option* board =
        verb->add_option("--tensorboard", options->tensorboard, "Write an event file below this log folder");
    verb->add_flag("--json", options->json, "Print JSON, one object a file");
    verb->footer("Example:\n  lora runs export my-run --tensorboard logs && tensorboard --logdir logs");
    verb->callback([=, &action] {
        if (csv->count() + board->count() == 0)
            throw CLI::ValidationError("export", "one of --csv and --tensorboard is needed");
        action = [options] { return export_run(*options); };
    });
}

} // namespace

void add_runs(CLI::App& command, Action& action) {
    auto options = std::make_shared<ListOptions>();
    options->folder = usual_folder();
    CLI::App* verb = command.add_subcommand("runs", "Past runs: list, differences, export");
    verb->add_option("--folder", options->folder, "The folder that holds them")->capture_default_str();
    verb->add_option("--search", options->words,
        "Only runs that have all these words in name, date, notes, tags or settings (rank=8, tag:keep)");
    verb->add_flag("--json", options->json, "Print JSON, one object a run");
    verb->footer("Example:\n  lora runs --search 'rank=16 tag:keep' --json");
    verb->require_subcommand(0, 1);
    add_run_differences(*verb, action);
    add_run_export(*verb, action);
    verb->callback([verb, options, &action] {
        if (verb->get_subcommands().empty()) action = [options] { return show_list(*options); };
    });
}

} // namespace lora
