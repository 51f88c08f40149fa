// lora compare: the similarity of two adapters' subspaces, target by target.

#include "app/output.h"
#include "app/verbs/adapter_option.h"
#include "app/verbs/table.h"
#include "app/verbs/verbs.h"
#include "engine/adapters/loralib.h"
#include "engine/analysis/subspace.h"

#include <iostream>

namespace lora {

namespace {

struct CompareOptions {
    AdapterOption first;
    std::string second;
    bool json = false;
};

std::optional<double> at_top(const SimilarityMap& map) {
    return map.rows == 0 ? std::nullopt : std::optional(map.at(1, 1));
}

std::optional<double> of_all(const SimilarityMap& map) {
    return map.rows == 0 ? std::nullopt : std::optional(map.at(map.rows, map.columns));
}

std::optional<double> random_of_all(const SimilarityMap& map, std::int64_t size) {
    return map.rows == 0 ? std::nullopt : std::optional(random_similarity(map.rows, map.columns, size));
}

void print_table(const AdapterComparison& comparison) {
    Table table({"target", "cosine", "A(1,1)", "in(1,1)", "in(all)", "random", "out(1,1)", "out(all)",
        "random", "same start"});
    for (const TargetComparison& target : comparison.targets)
        table.add({target.path, fixed(target.cosine, 3), fixed(at_top(target.A), 3),
            fixed(at_top(target.inputs), 3), fixed(of_all(target.inputs), 3),
            fixed(random_of_all(target.inputs, target.in), 3), fixed(at_top(target.outputs), 3),
            fixed(of_all(target.outputs), 3), fixed(random_of_all(target.outputs, target.out), 3),
            target.same_start ? "yes" : "no"});
    table.print();
    for (const auto& [paths, words] : {std::pair{&comparison.only_first, "only in the first: "},
             std::pair{&comparison.only_second, "only in the second: "},
             std::pair{&comparison.other_shapes, "of different sizes: "}})
        for (const std::string& path : *paths) std::cout << words << path << '\n';
    std::cout << addition_in_words(comparison) << std::endl;
}

int compare_adapters(const CompareOptions& options) {
    const Adapter first = options.first.open(options.json);
    const Adapter second = AdapterOption{options.second, options.first.alpha, {}}.open(options.json);
    AdapterComparison comparison = compare(first, second);
    comparison.first = options.first.path;
    comparison.second = options.second;
    if (const std::string trap = same_start_in_words(comparison); !trap.empty())
        print_warning(trap, options.json);
    if (!options.json) {
        print_table(comparison);
        return exit_done;
    }
    for (const TargetComparison& target : comparison.targets) {
        Json line{{"event", "similarity"}};
        line.update(to_json(target));
        print_event(line);
    }
    Json line{{"event", "comparison"}};
    line.update(summary_json(comparison));
    print_event(line);
    return exit_done;
}

} // namespace

void add_compare(CLI::App& command, Action& action) {
    auto options = std::make_shared<CompareOptions>();
    CLI::App* verb = command.add_subcommand("compare", "Similarity φ(i, j) of two adapters' directions for "
                                                       "every shared target, and whether they can be added");
    options->first.add_to(*verb, "first");
    verb->add_option("second", options->second, "The other adapter, alike")->required();
    verb->add_flag(
        "--json", options->json, "Print JSON: the whole maps, one object a target, then a summary");
    verb->footer("Example:\n  lora compare rank-8/adapter rank-64/adapter");
    verb->callback([options, &action] { action = [options] { return compare_adapters(*options); }; });
}

} // namespace lora
