// lora initialize: a model of the same shape with random weights.

#include "app/output.h"
#include "app/verbs/verbs.h"
#include "engine/adapters/untrained_model.h"

#include <iostream>

namespace lora {

namespace {

struct InitializeOptions {
    std::string model;
    std::string out;
    std::uint64_t seed = 0;
    bool json = false;
};

int initialize(const InitializeOptions& options) {
    const MergedModel made = write_untrained_model(options.model, options.out, options.seed);
    if (options.json)
        print_event({{"event", "initialized"}, {"folder", made.path}, {"files", made.files},
            {"weight_bytes", made.bytes}, {"seed", options.seed}});
    else
        std::cout << made.path << ": random weights of seed " << options.seed << ", " << (made.bytes >> 20)
                  << " MiB" << std::endl;
    return exit_done;
}

} // namespace

void add_initialize(CLI::App& command, Action& action) {
    auto options = std::make_shared<InitializeOptions>();
    CLI::App* verb = command.add_subcommand("initialize",
        "A model of the same shape with random weights, to see beside it what pretraining is worth");
    verb->add_option("--model", options->model, "The Hugging Face folder whose shape and tokenizer it takes")
        ->required();
    verb->add_option("--out", options->out, "The new folder")->required();
    verb->add_option("--seed", options->seed, "Of the random weights")->capture_default_str();
    verb->add_flag("--json", options->json, "Print JSON");
    verb->footer("Example:\n  lora initialize --model all-MiniLM-L6-v2 --out untrained --seed 1");
    verb->callback([options, &action] { action = [options] { return initialize(*options); }; });
}

} // namespace lora
