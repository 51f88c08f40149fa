// lora advise: how much rank an adapter needs, by energy and, with model and data, by loss.

#include "app/output.h"
#include "app/verbs/adapter_option.h"
#include "app/verbs/chosen_result.h"
#include "app/verbs/dataset_option.h"
#include "app/verbs/opened_model.h"
#include "app/verbs/table.h"
#include "app/verbs/verbs.h"
#include "engine/error.h"
#include "engine/runs/run_folder.h"
#include "engine/training/advice_rows.h"
#include "engine/training/classes.h"
#include "engine/training/rank_advisor.h"

#include <iostream>
#include <optional>
#include <utility>

namespace lora {

namespace {

struct AdviseOptions {
    AdapterOption adapter;
    ModelOptions model;
    DatasetOption data;
    std::optional<std::int64_t> max_length = {};
    std::int64_t batch = 8;
    AdviceQuestions questions;
    bool json = false;
};

/// A run's own, where no file is given; else what is held out of the file, or all of it.
DataSettings data_of(const AdviseOptions& options) {
    DataSettings data;
    if (options.data.path.empty()) {
        const auto run = run_of(options.adapter.path);
        if (!run) fail("--data", "none", "a dataset, or the adapter of a run, which has its own");
        data = read_run_file(*run).settings.data;
    } else {
        data = options.data.settings();
        if (data.eval_split == 0) std::swap(data.train, data.eval);
    }
    if (options.max_length) data.max_length = *options.max_length;
    return data;
}

RankAdvice measured(const AdviseOptions& options, const Adapter& adapter) {
    const DataSettings settings = data_of(options);
    const OpenedModel opened = open_model(options.model);
    Model& model = *opened.loaded->model;
    const RowsOfAdvice of_data =
        rows_of_advice(settings, opened.loaded->tokenizer, goal_of(adapter.head, model));
    for (const auto& warning : of_data.data.summary.warnings) print_warning(warning, options.json);
    RankAdvisor advisor(adapter.on(model.device()), model, of_data.data.examples, options.batch,
        options.questions, of_data.rows);
    watch_signals();
    while (!advisor.is_over() && signal_received() == 0) advisor.advance();
    return advisor.advice();
}

void print(const RankAdvice& advice) {
    Table table({"rank", "parameters", "energy", "loss"});
    for (const AdvicePoint& point : advice.points)
        table.add({std::to_string(point.rank), std::to_string(point.parameters),
            fixed(100 * point.kept_energy) + "%", fixed(point.loss, 4)});
    table.print();
    std::cout << advice.in_words() << std::endl;
}

void print_json(const RankAdvice& advice) {
    for (const RankCandidate& candidate : advice.candidates) {
        Json line{{"event", "kept_energy"}};
        line.update(kept_energy_json(advice, candidate));
        print_event(line);
    }
    for (const AdvicePoint& point : advice.points) {
        Json line{{"event", "rank"}};
        line.update(to_json(point));
        print_event(line);
    }
    const auto enough = advice.enough();
    print_event({{"event", "advice"}, {"rank", enough ? Json(advice.points[*enough].rank) : Json(nullptr)},
        {"words", advice.in_words()}, {"rows", name(advice.rows)}, {"samples", advice.samples}});
}

int advise_rank(const AdviseOptions& options) {
    const Adapter adapter = options.adapter.open(options.json);
    const RankAdvice advice =
        options.model.model.empty() ? advise(adapter, options.questions) : measured(options, adapter);
    if (signal_received() != 0) return 128 + signal_received();
    if (options.json)
        print_json(advice);
    else
        print(advice);
    return exit_done;
}

} // namespace

void add_advise(CLI::App& command, Action& action) {
    auto options = std::make_shared<AdviseOptions>();
    CLI::App* verb = command.add_subcommand(
        "advise", "How much rank is enough: energy kept and, with model and data, the loss at each rank");
    options->adapter.add_to(*verb);
    CLI::Option* model = options->model.add_base_to(*verb);
    CLI::Option* data = options->data.add_to(
        *verb, "A dataset to measure the loss on [of a run's adapter: the rows that the run held out]");
    options->data.add_split_to(*verb);
    data->needs(model);
    verb->add_option("--max-length", options->max_length, "Tokens a sample at most [the run's, or 256]")
        ->check(CLI::PositiveNumber);
    verb->add_option("--batch", options->batch, "Samples at once")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_option("--ranks", options->questions.ranks,
            "Ranks to look at, ascending, such as 0,4,8; 0 is the base model. Without: 0, 1, 2, 4, … up to "
            "its own")
        ->delimiter(',')
        ->check(CLI::NonNegativeNumber);
    verb->add_flag("--spread", options->questions.spread,
        "Spread the parameters of each rank over the targets by their energy, instead of one rank for all");
    verb->add_flag("--json", options->json, "Print JSON, one object a line");
    verb->footer("Examples:\n  lora advise run/adapter\n"
                 "  lora advise run --model smollm2.gguf\n"
                 "  lora advise run/adapter --model smollm2.gguf --data held-out.jsonl");
    verb->callback([options, &action] {
        const bool has_data = !options->data.path.empty() || run_of(options->adapter.path);
        if (!options->model.model.empty() && !has_data) throw CLI::RequiredError("--data");
        action = [options] { return advise_rank(*options); };
    });
}

} // namespace lora
