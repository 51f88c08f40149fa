// lora evaluate: loss and perplexity of a model, with or without an adapter, over a dataset; a classifier's
// loss and accuracy, or the scores of several labels or of numbers.

#include "app/output.h"
#include "app/verbs/dataset_option.h"
#include "app/verbs/opened_model.h"
#include "app/verbs/verbs.h"
#include "engine/data/dataset.h"
#include "engine/runs/run_events.h"
#include "engine/training/classes.h"
#include "engine/training/evaluation.h"

#include <iomanip>
#include <iostream>

namespace lora {

namespace {

struct EvaluateOptions {
    ModelOptions model;
    DatasetOption data;
    std::int64_t max_length = 256;
    std::int64_t batch = 8;
    bool json = false;
};

Dataset labelled_or_text(const EvaluateOptions& options, const OpenedModel& opened) {
    std::optional<ClassifierHead> head = opened.adapter ? opened.adapter->head : std::nullopt;
    const Goal goal = options.data.goal(goal_of(head, *opened.loaded->model));
    Dataset data =
        load_dataset(options.data.path, opened.loaded->tokenizer, options.max_length, /*stop=*/{}, goal);
    if (head) name_labels(*head, data.summary.labels, options.data.path);
    return data;
}

void print_for_people(const EvaluationRecord& record) {
    std::cout << std::fixed << std::setprecision(4) << "loss        " << record.loss;
    for (const Score& score : record.scores)
        std::cout << '\n' << std::left << std::setw(12) << score.name << score.value;
    if (record.accuracy) std::cout << "\naccuracy    " << *record.accuracy;
    if (record.is_of_labels())
        std::cout << "\nsamples     ";
    else
        std::cout << "\nperplexity  " << record.perplexity << "\ntokens      ";
    std::cout << record.learned_tokens << std::endl;
}

int evaluate(const EvaluateOptions& options) {
    const OpenedModel opened = open_model(options.model);
    const Dataset data = labelled_or_text(options, opened);
    for (const auto& warning : data.summary.warnings) {
        if (options.json)
            print_event(warning_event(warning));
        else
            std::cerr << "lora: warning: " << warning << '\n';
    }
    watch_signals();
    Evaluation evaluation(*opened.loaded->model, data.examples, options.batch);
    while (signal_received() == 0) {
        const auto record = evaluation.advance(/*step=*/0);
        if (!record) continue;
        if (options.json)
            print_event(evaluation_event(*record));
        else
            print_for_people(*record);
        return exit_done;
    }
    return 128 + signal_received();
}

} // namespace

void add_evaluate(CLI::App& command, Action& action) {
    auto options = std::make_shared<EvaluateOptions>();
    CLI::App* verb =
        command.add_subcommand("evaluate", "Loss and perplexity, or a classifier's scores, over a dataset");
    options->model.add_to(*verb);
    options->data.add_to(*verb, "A dataset")->required();
    verb->add_option("--max-length", options->max_length, "Tokens a sample at most")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_option("--batch", options->batch, "Samples at once")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_flag("--json", options->json, "Print JSON, one object a line");
    verb->footer("Example:\n  lora evaluate --model smollm2.gguf --adapter run/adapter --data eval.jsonl");
    verb->callback([options, &action] { action = [options] { return evaluate(*options); }; });
}

} // namespace lora
