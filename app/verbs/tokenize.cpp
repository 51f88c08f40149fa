// lora tokenize: the token ids of standard input, as it is.

#include "app/output.h"
#include "app/verbs/verbs.h"
#include "engine/architectures/catalog.h"

#include <iostream>
#include <iterator>

namespace lora {

namespace {

struct Options {
    std::string model;
    bool json = false;
};

int tokenize(const Options& options) {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const Tokenizer tokenizer = open_tokenizer(options.model);
    const std::vector<TokenId> ids = tokenizer.encode(text);
    if (options.json) {
        print_event({{"ids", ids}});
        return exit_done;
    }
    for (std::size_t i = 0; i < ids.size(); ++i) std::cout << (i ? " " : "") << ids[i];
    std::cout << std::endl;
    return exit_done;
}

} // namespace

void add_tokenize(CLI::App& command, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = command.add_subcommand("tokenize",
        "Token ids of standard input, byte for byte; no special token is added and no weights are opened");
    verb->add_option("--model", options->model,
            "A Hugging Face folder, a GGUF file, or the name that `lora fetch` downloaded")
        ->required();
    verb->add_flag("--json", options->json, "Print one line, {\"ids\": […]}");
    verb->footer("Example:\n  printf 'Hello world' | lora tokenize --model smollm2.gguf --json");
    verb->callback([options, &action] { action = [options] { return tokenize(*options); }; });
}

} // namespace lora
