// lora generate: text from a prompt, printed as it comes.

#include "engine/models/generate.h"

#include "app/output.h"
#include "app/verbs/opened_model.h"
#include "app/verbs/verbs.h"
#include "engine/session/conversation.h"

#include <iostream>
#include <utility>

namespace lora {

namespace {

struct GenerateOptions {
    ModelOptions model;
    std::string prompt;
    bool chat = false;
    bool json = false;
    GenerationSettings settings;
};

int generate(const GenerateOptions& options) {
    const OpenedModel opened = open_model(options.model);
    const Tokenizer& tokenizer = opened.loaded->tokenizer;
    Prompt prompt = prompt_of(options.prompt, options.chat, tokenizer);
    Generation generation(
        *opened.loaded->model, std::move(prompt.ids), std::move(prompt.ends), options.settings);
    watch_signals();
    TextStream text(tokenizer);
    std::string all;
    std::vector<TokenId> ids;
    const auto say = [&](const std::string& piece) {
        all += piece;
        if (!options.json) std::cout << piece << std::flush;
    };
    while (signal_received() == 0) {
        const std::optional<TokenId> token = generation.next();
        if (!token) break;
        ids.push_back(*token);
        say(text.add(*token));
    }
    say(text.rest());
    if (options.json)
        print_event({{"event", "generated"}, {"text", all}, {"ids", ids}});
    else
        std::cout << std::endl;
    return signal_received() == 0 ? exit_done : 128 + signal_received();
}

} // namespace

void add_generate(CLI::App& command, Action& action) {
    auto options = std::make_shared<GenerateOptions>();
    CLI::App* verb = command.add_subcommand("generate", "Go on from a prompt");
    options->model.add_to(*verb);
    verb->add_option("--prompt", options->prompt, "The text to go on from, taken raw")->required();
    verb->add_flag(
        "--chat", options->chat, "Put the prompt as a user's message into the model's chat template");
    verb->add_option("--max-new-tokens", options->settings.max_new_tokens, "Tokens at most")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20))
        ->capture_default_str();
    verb->add_option("--temperature", options->settings.temperature, "0: always the likeliest token")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb->add_option("--top-k", options->settings.top_k, "Draw from so many of the likeliest tokens; 0: all")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb->add_option("--top-p", options->settings.top_p,
            "Draw from the likeliest tokens that together have this probability; 1: all")
        ->check(CLI::Range(1e-6, 1.0))
        ->capture_default_str();
    verb->add_option("--min-p", options->settings.min_p,
            "Draw from tokens that have this share of the likeliest one's probability; 0: all")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    verb->add_option("--repetition-penalty", options->settings.repetition_penalty,
            "Divides positive scores of tokens that are in the text already, multiplies the others; 1: none")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_option("--seed", options->settings.seed, "For temperatures above 0")->capture_default_str();
    verb->add_flag("--json", options->json, "Print one JSON object with text and ids");
    verb->footer(
        "Example:\n  lora generate --model smollm2.gguf --adapter run/adapter --prompt 'Once upon a time'");
    verb->callback([options, &action] { action = [options] { return generate(*options); }; });
}

} // namespace lora
