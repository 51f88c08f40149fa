// lora classify: what a classifier says of a text, or of two that belong together.

#include "app/output.h"
#include "app/verbs/opened_model.h"
#include "app/verbs/verbs.h"
#include "engine/data/labelled_example.h"
#include "engine/error.h"
#include "engine/training/batch.h"
#include "engine/training/classes.h"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <optional>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

struct ClassifyOptions {
    ModelOptions model;
    std::string text;
    std::optional<std::string> pair;
    std::int64_t max_length = 256;
    bool json = false;
};

struct Verdict {
    Problem problem = Problem::SingleLabel;
    std::vector<std::string> labels;
    std::vector<double> scores; ///< by label: probabilities, or the numbers of a regression
};

std::vector<double> scores_of(const at::Tensor& logits, Problem problem) {
    const at::Tensor scores = problem == Problem::Regression   ? logits
                              : problem == Problem::MultiLabel ? logits.sigmoid()
                                                               : logits.softmax(0);
    const at::Tensor values = scores.to(at::kCPU, at::kDouble).contiguous();
    const double* const first = values.const_data_ptr<double>();
    return {first, first + values.numel()};
}

/// Where neither the adapter nor config.json tells the problem, one output is a number.
Verdict verdict_of(const ClassifyOptions& options, const OpenedModel& opened) {
    const Model& model = *opened.loaded->model;
    const Goal goal = goal_of(opened.adapter ? opened.adapter->head : std::nullopt, model);
    if (goal.task != Task::Classification)
        fail("the model", "one that predicts tokens", "a classifier", "use `lora generate`");
    FramedText text = framed_text(options.text, options.pair, opened.loaded->tokenizer, options.max_length);
    if (!text.cut_off.empty())
        std::cerr << "lora: warning: " << text.cut_off.size()
                  << " tokens are beyond --max-length and not seen\n";
    Example example{
        .ids = std::move(text.ids), .learned = {}, .label = 0, .values = {}, .second = text.second};
    const c10::NoGradGuard no_gradient;
    const Batch batch = make_batch({&example}, model.device());
    const at::Tensor logits = model.logits(model.hidden_at(batch.tokens, batch.rows, Pass{}), Pass{})[0];
    Verdict verdict{.problem = goal.problem, .labels = goal.labels, .scores = {}};
    if (verdict.problem == Problem::Unsaid)
        verdict.problem = verdict.labels.size() == 1 ? Problem::Regression : Problem::SingleLabel;
    verdict.scores = scores_of(logits.to(at::kFloat), verdict.problem);
    return verdict;
}

/// The likeliest first; numbers as they come.
std::vector<std::size_t> order_of(const Verdict& verdict) {
    std::vector<std::size_t> order(verdict.scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (verdict.problem != Problem::Regression)
        std::stable_sort(order.begin(), order.end(),
            [&](std::size_t one, std::size_t other) { return verdict.scores[one] > verdict.scores[other]; });
    return order;
}

void print_for_people(const Verdict& verdict) {
    std::cout << std::fixed << std::setprecision(4);
    for (const std::size_t i : order_of(verdict))
        std::cout << std::left << std::setw(20) << verdict.labels[i] << ' ' << verdict.scores[i] << '\n';
    std::cout << std::flush;
}

Json verdict_event(const Verdict& verdict) {
    Json event{{"event", "classified"}, {"problem_type", name(verdict.problem)}, {"scores", Json::object()}};
    const std::vector<std::size_t> order = order_of(verdict);
    for (std::size_t i = 0; i < verdict.labels.size(); ++i)
        event["scores"][verdict.labels[i]] = verdict.scores[i];
    if (verdict.problem == Problem::SingleLabel) event["label"] = verdict.labels[order.front()];
    if (verdict.problem == Problem::MultiLabel) {
        event["labels"] = Json::array();
        for (std::size_t i = 0; i < verdict.labels.size(); ++i)
            if (verdict.scores[i] > 0.5) event["labels"].push_back(verdict.labels[i]);
    }
    return event;
}

int classify(const ClassifyOptions& options) {
    const OpenedModel opened = open_model(options.model);
    const Verdict verdict = verdict_of(options, opened);
    if (options.json)
        print_event(verdict_event(verdict));
    else
        print_for_people(verdict);
    return exit_done;
}

} // namespace

void add_classify(CLI::App& command, Action& action) {
    auto options = std::make_shared<ClassifyOptions>();
    CLI::App* verb = command.add_subcommand("classify",
        "What a classifier says of a text: the probability of each class, or the numbers of a regression");
    options->model.add_to(*verb);
    verb->add_option("--text", options->text, "The text")->required();
    verb->add_option("--pair", options->pair, "A second text, of a model that was trained on pairs");
    verb->add_option("--max-length", options->max_length, "Tokens at most")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_flag("--json", options->json, "Print one JSON object");
    verb->footer("Example:\n  lora classify --model bert --adapter run/adapter --text 'A fine film'");
    verb->callback([options, &action] { action = [options] { return classify(*options); }; });
}

} // namespace lora
