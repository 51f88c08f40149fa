// lora generate: text from a prompt, printed as it comes.

#include "engine/models/generate.h"

#include "app/output.h"
#include "app/verbs/opened_model.h"
#include "app/verbs/verbs.h"
#include "engine/data/prompt.h"
#include "engine/session/conversation.h"

#include <iostream>
#include <utility>

namespace lora {

namespace {

struct GenerateOptions {
    ModelOptions model;
    std::string prompt;
    std::string system;
    bool chat = false;
    bool json = false;
    GenerationSettings settings;
};

Prompt prompt_of(const GenerateOptions& options, const Tokenizer& tokenizer) {
    if (options.system.empty()) return prompt_of(options.prompt, options.chat, tokenizer);
    Chat chat;
    chat.messages.push_back(chat_message("system", options.system));
    chat.messages.push_back(chat_message("user", options.prompt));
    return prompt_of(chat, tokenizer);
}

int generate(const GenerateOptions& options) {
    const OpenedModel opened = open_model(options.model);
    need_scalable(options.settings, opened.weights != nullptr);
    const Tokenizer& tokenizer = opened.loaded->tokenizer;
    Prompt prompt = prompt_of(options, tokenizer);
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

/// What is wrong with an option's text, for CLI11; nothing where nothing is.
std::string fault_of(const GenerationSetting& row, const std::string& text) {
    GenerationSettings unused;
    return row.set(unused, number_in(text, row.whole())) ? ""
                                                         : "found '" + text + "', expected " + row.expected();
}

void add_settings(CLI::App& verb, const std::shared_ptr<GenerateOptions>& options) {
    for (const GenerationSetting& row : generation_settings()) {
        std::string help = row.help;
        help.pop_back(); // a sentence's end
        verb.add_option_function<std::string>(
                "--" + row.option,
                [&row, options](
                    const std::string& text) { row.set(options->settings, number_in(text, row.whole())); },
                help)
            ->type_name(row.whole() ? "INT" : "FLOAT")
            ->default_str(text_of(row.get(GenerationSettings{})))
            ->check([&row](const std::string& text) { return fault_of(row, text); }, "");
    }
}

void check(const GenerateOptions& options) {
    if (options.model.adapter.empty() && options.settings.adapter_scale != 1)
        throw CLI::ValidationError("--adapter-scale", "there is nothing to scale without --adapter");
    if (!options.system.empty() && !options.chat)
        throw CLI::ValidationError("--system", "only a chat has a system message; give --chat too");
}

} // namespace

void add_generate(CLI::App& command, Action& action) {
    auto options = std::make_shared<GenerateOptions>();
    CLI::App* verb = command.add_subcommand("generate", "Go on from a prompt");
    options->model.add_to(*verb);
    verb->add_option("--prompt", options->prompt, "The text to go on from, taken raw")->required();
    verb->add_flag(
        "--chat", options->chat, "Put the prompt as a user's message into the model's chat template");
    verb->add_option("--system", options->system, "A chat's system message, before the prompt");
    add_settings(*verb, options);
    verb->add_flag("--json", options->json, "Print one JSON object with text and ids");
    verb->footer(
        "Example:\n  lora generate --model smollm2.gguf --adapter run/adapter --prompt 'Once upon a time'");
    verb->callback([options, &action] {
        check(*options);
        action = [options] { return generate(*options); };
    });
}

} // namespace lora
