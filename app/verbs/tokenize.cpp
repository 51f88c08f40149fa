// lora tokenize: the token ids of standard input, as it is; or a dataset as training would be fed it.

#include "app/output.h"
#include "app/verbs/data_output.h"
#include "app/verbs/dataset_option.h"
#include "app/verbs/verbs.h"
#include "engine/architectures/catalog.h"
#include "engine/run_settings/new_tokens.h"
#include "engine/survey/survey.h"
#include "engine/training/classes.h"

#include <algorithm>
#include <iostream>
#include <iterator>

namespace lora {

namespace {

struct TokenizeOptions {
    std::string model;
    DatasetOption data;
    std::int64_t max_length = DataSettings().max_length;
    std::int64_t rows = 5;
    bool json = false;
    TokenSettings tokens;
};

Tokenizer tokenizer_of(const TokenizeOptions& options) {
    return with_new_tokens(open_tokenizer(options.model), options.tokens, "--new-tokens");
}

int tokenize_input(const TokenizeOptions& options) {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const Tokenizer tokenizer = tokenizer_of(options);
    const std::vector<TokenId> ids = tokenizer.encode(text);
    if (options.json) {
        print_event({{"ids", ids}});
        return exit_done;
    }
    for (std::size_t i = 0; i < ids.size(); ++i) std::cout << (i ? " " : "") << ids[i];
    std::cout << std::endl;
    return exit_done;
}

void show_rows(const Survey& survey, const TokenizeOptions& options) {
    for (std::int64_t i = 0; i < std::min(options.rows, survey.counts().rows); ++i) {
        const ReadableRow row = survey.row(i);
        if (options.json)
            print_event(row_event(row));
        else
            print_row(row);
    }
    if (!options.json && options.rows > 0) std::cout << '\n';
}

// All is read before the first row is printed, so that a fault in the last line is no end in the middle.
int tokenize_data(const TokenizeOptions& options) {
    DataSettings data = options.data.settings();
    data.max_length = options.max_length;
    Survey survey(data, /*evaluation=*/false, tokenizer_of(options), goal_of_training(options.model));
    while (survey.advance()) {
    }
    show_rows(survey, options);
    if (options.json)
        print_event(data_event(survey.counts()));
    else
        print_counts(survey.counts());
    return exit_done;
}

} // namespace

void add_tokenize(CLI::App& command, Action& action) {
    auto options = std::make_shared<TokenizeOptions>();
    CLI::App* verb = command.add_subcommand("tokenize",
        "Token ids of standard input, byte for byte, without special tokens; or a dataset's rows as training "
        "would be fed them, with what is learned, cut off and left out. No weights are opened");
    verb->add_option("--model", options->model,
            "A Hugging Face folder, a GGUF file, or the name that `lora fetch` downloaded")
        ->required();
    CLI::Option* data = options->data.add_to(*verb,
        "A dataset in place of standard input, of which the first rows are printed, and counts of all");
    verb->add_option("--max-length", options->max_length, "Tokens a sample at most")
        ->needs(data)
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb->add_option("--rows", options->rows, "How many rows to print; 0: the counts alone")
        ->needs(data)
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    CLI::Option* added = verb->add_option("--new-tokens", options->tokens.added,
        "Texts that become one token each, with commas between, as a run with the same option has them");
    verb->add_flag("--new-tokens-special", options->tokens.special,
            "They are looked for in the text as it is, and left out of answers")
        ->needs(added);
    verb->add_flag("--json", options->json,
        "Print one line, {\"ids\": […]}; of a dataset a line for each row and one for the counts");
    verb->footer("Examples:\n  printf 'Hello world' | lora tokenize --model smollm2.gguf --json\n"
                 "  lora tokenize --model smollm2.gguf --data train.jsonl --max-length 512 --rows 3");
    verb->callback([options, &action] {
        action = [options] {
            return options->data.path.empty() ? tokenize_input(*options) : tokenize_data(*options);
        };
    });
}

} // namespace lora
