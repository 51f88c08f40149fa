// lora truncate: a smaller adapter out of a trained one.

#include "engine/adapters/truncate.h"

#include "app/output.h"
#include "app/verbs/adapter_option.h"
#include "app/verbs/verbs.h"
#include "engine/adapters/peft.h"
#include "engine/adapters/peft_config.h"
#include "engine/analysis/rank_candidates.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <iostream>

namespace lora {

namespace {

struct TruncateOptions {
    AdapterOption adapter;
    std::optional<std::int64_t> rank;
    std::optional<double> energy;
    std::optional<std::int64_t> parameters;
    std::string out;
    bool json = false;
};

// The base model's name as the whole adapter has it; without linears, so that targets are written as whole
// paths.
ModelSummary base_of(const std::string& adapter) {
    const auto config = std::filesystem::path(adapter) / "adapter_config.json";
    ModelSummary base;
    std::error_code absent;
    if (std::filesystem::is_regular_file(config, absent))
        base.path = read_peft_config(config.string()).base_model_name_or_path;
    return base;
}

std::vector<std::int64_t> chosen_ranks(
    const TruncateOptions& options, const std::vector<RankCandidate>& candidates) {
    if (options.rank) return ranks_up_to(candidates, *options.rank);
    if (options.energy) return ranks_for_energy(candidates, *options.energy);
    return ranks_for_budget(candidates, *options.parameters);
}

int truncate_adapter(const TruncateOptions& options) {
    const Adapter whole = options.adapter.open(options.json);
    const std::vector<RankCandidate> candidates = rank_candidates(whole);
    const std::vector<std::int64_t> ranks = chosen_ranks(options, candidates);
    const Adapter smaller = truncate(whole, ranks);
    write_peft(options.out, smaller, base_of(options.adapter.place()));
    const double kept = kept_energy(candidates, ranks);
    if (options.json) {
        Json line{{"event", "truncated"}, {"adapter", options.out}, {"kept_energy", kept},
            {"parameters", smaller.parameters()}, {"parameters_before", whole.parameters()},
            {"ranks", Json::object()}};
        for (std::size_t i = 0; i < ranks.size(); ++i) line["ranks"][candidates[i].path] = ranks[i];
        print_event(line);
        return exit_done;
    }
    std::cout << options.out << ": " << smaller.parameters() << " of " << whole.parameters()
              << " parameters, " << std::fixed << std::setprecision(2) << 100 * kept
              << " % of the energy, ranks " << *std::min_element(ranks.begin(), ranks.end()) << " to "
              << *std::max_element(ranks.begin(), ranks.end()) << std::endl;
    return exit_done;
}

} // namespace

void add_truncate(CLI::App& command, Action& action) {
    auto options = std::make_shared<TruncateOptions>();
    CLI::App* verb =
        command.add_subcommand("truncate", "A smaller adapter: each update's best approximation");
    options->adapter.add_to(*verb);
    CLI::Option_group* to = verb->add_option_group("size", "How small; one of these");
    to->add_option("--rank", options->rank, "This rank for every target")->check(CLI::PositiveNumber);
    to->add_option("--energy", options->energy, "The rank that keeps this share of each target's energy")
        ->check(CLI::Range(1e-9, 1.0));
    to->add_option("--parameters", options->parameters,
          "At most this many parameters, given to the directions with the most energy")
        ->check(CLI::PositiveNumber);
    to->require_option(1);
    verb->add_option("--out", options->out, "The new adapter's folder")->required();
    verb->add_flag("--json", options->json, "Print JSON");
    verb->footer("Examples:\n  lora truncate run/adapter --rank 4 --out smaller\n"
                 "  lora truncate run/adapter --energy 0.99 --out smaller");
    verb->callback([options, &action] { action = [options] { return truncate_adapter(*options); }; });
}

} // namespace lora
