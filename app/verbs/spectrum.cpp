// lora spectrum: the singular values of an adapter's updates, or of what full fine-tuning or a subspace did
// to the weights; the rank measures that follow, and, with the model, how the updates stand to the weights.

#include "engine/analysis/spectrum.h"

#include "app/output.h"
#include "app/verbs/adapter_option.h"
#include "app/verbs/opened_model.h"
#include "app/verbs/table.h"
#include "app/verbs/verbs.h"
#include "engine/analysis/weight_comparison.h"
#include "engine/error.h"
#include "engine/measures/measures.h"
#include "engine/methods/subspace_files.h"
#include "engine/methods/weight_changes.h"
#include "engine/runs/run_folder.h"

#include <algorithm>
#include <filesystem>

namespace lora {

namespace {

struct SpectrumOptions {
    AdapterOption adapter;
    ModelOptions model;
    WeightQuestions questions;
    bool json = false;
};

std::string text(const Measure& measure, const std::optional<double>& value) {
    switch (measure.scale) {
    case Measure::Scale::Count: return fixed(value, 0);
    case Measure::Scale::Size: return scientific(value);
    case Measure::Scale::Ratio: break;
    }
    return fixed(value);
}

// A column for each measure that any target has.
void print_table(const std::vector<Spectrum>& all) {
    std::vector<std::string> titles{"target", "σ₁"};
    std::vector<const Measure*> shown;
    for (const Measure& measure : measures())
        if (std::any_of(all.begin(), all.end(), [&](const Spectrum& each) { return measure.value(each); })) {
            shown.push_back(&measure);
            titles.emplace_back(measure.caption);
        }
    Table table(titles);
    for (const Spectrum& each : all) {
        const auto& values = each.singular_values;
        std::vector<std::string> cells{each.path, scientific(values.empty() ? 0 : values.front())};
        for (const Measure* measure : shown) cells.push_back(text(*measure, measure->value(each)));
        table.add(std::move(cells));
    }
    table.print();
}

void print_table(const std::vector<WeightComparison>& all, const WeightQuestions& questions) {
    std::vector<std::string> titles{"target", "|dW|", "|dW|/|W|", "|U'WV|", "random", "amplif."};
    if (questions.directions) titles.emplace_back("W's top");
    if (questions.intruders) titles.insert(titles.end(), {"intruders", "share"});
    Table table(titles);
    for (const WeightComparison& target : all) {
        std::vector<std::string> cells{target.path, scientific(target.update_norm),
            fixed(target.relative_norm(), 4), fixed(target.projected_norm, 4), fixed(target.random_norm, 4),
            fixed(target.amplification)};
        if (questions.directions) cells.push_back(fixed(target.top_norm, 4));
        if (questions.intruders) {
            cells.push_back(std::to_string(target.intruders->count));
            cells.push_back(fixed(target.intruders->share));
        }
        table.add(std::move(cells));
    }
    table.print();
}

std::vector<WeightComparison> compare_with_weights(
    const SpectrumOptions& options, const Adapter& adapter, Model& model) {
    WeightDecompositions weights;
    WeightComparer comparer(adapter, model, options.questions, {}, weights);
    while (comparer.done() < comparer.total() && signal_received() == 0) comparer.advance();
    return comparer.comparisons().targets;
}

bool holds(const std::string& folder, const char* file) {
    return std::filesystem::exists(std::filesystem::path(folder) / file);
}

// A run stands for its result, and for its model where weights were trained.
void take_result_of_run(SpectrumOptions& options) {
    const std::string given = options.adapter.path;
    options.adapter.path = options.adapter.place();
    options.adapter.checkpoint.clear();
    if (!holds(given, "run.json")) return;
    const RunSettings settings = read_run_file(given).settings;
    if (trains_weights(settings.method) && options.model.model.empty()) options.model.model = settings.model;
}

// An adapter; or what a subspace or a model that was trained whole did to the base model's linears.
Adapter updates_of(const SpectrumOptions& options) {
    const std::string& path = options.adapter.path;
    const bool is_model = holds(path, "config.json") && !holds(path, "adapter_config.json");
    if (!is_subspace(path) && !is_model) return options.adapter.open(options.json);
    if (options.model.model.empty())
        fail(path, "weights without what they were before", "--model with the base model");
    const OpenedModel base = open_model(options.model);
    if (is_subspace(path)) return changes_of(*put_on(read_subspace(path), *base.loaded->model));
    const LoadedModel changed = load_model(path, base.loaded->summary.device, at::kFloat);
    return changes_between(*base.loaded->model, *changed.model);
}

int show_spectrum(SpectrumOptions options) {
    take_result_of_run(options);
    const Adapter adapter = updates_of(options);
    std::vector<Spectrum> all;
    std::vector<WeightComparison> against;
    if (options.model.model.empty()) {
        all = spectra(adapter);
    } else {
        const OpenedModel opened = open_model(options.model);
        all = spectra(adapter, *opened.loaded->model);
        watch_signals();
        against = compare_with_weights(options, adapter, *opened.loaded->model);
        if (signal_received() != 0) return 128 + signal_received();
    }
    if (!options.json) {
        print_table(all);
        if (!against.empty()) print_table(against, options.questions);
        return exit_done;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        Json line{{"event", "spectrum"}};
        line.update(to_json(all[i]));
        if (i < against.size()) line.update(to_json(against[i]));
        print_event(line);
    }
    return exit_done;
}

} // namespace

void add_spectrum(CLI::App& command, Action& action) {
    auto options = std::make_shared<SpectrumOptions>();
    CLI::App* verb = command.add_subcommand(
        "spectrum", "Singular values of an adapter's updates, and how much of the rank they use");
    options->adapter.add_to(*verb);
    CLI::Option* model = options->model.add_base_to(*verb);
    verb->add_flag("--directions", options->questions.directions,
            "With --model: what W's own top directions give, and how similar those of the update are to W's "
            "top "
            "tenth. Costs an SVD of each weight")
        ->needs(model);
    verb->add_flag("--intruders", options->questions.intruders,
            "With --model: leading directions of W + dW that are none of W's. Costs two SVDs of each weight: "
            "seconds to a minute for a small model, hours for one of 7B on a processor")
        ->needs(model);
    verb->add_option("--intruder-directions", options->questions.intruder_directions,
            "How many leading directions are looked at")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_option("--intruder-cosine", options->questions.intruder_cosine,
            "Below this cosine with all of W's directions one is an intruder")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    verb->add_flag("--json", options->json, "Print JSON, one object a target");
    verb->footer("Examples:\n  lora spectrum run/adapter\n"
                 "  lora spectrum run/adapter --model smollm2.gguf --intruders\n"
                 "  lora spectrum run\n"
                 "  lora spectrum run/model --model all-MiniLM-L6-v2");
    verb->callback([options, &action] { action = [options] { return show_spectrum(*options); }; });
}

} // namespace lora
