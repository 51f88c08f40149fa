// lora logits: the model's output as a file, for comparing with others.

#include "app/output.h"
#include "app/verbs/opened_model.h"
#include "app/verbs/verbs.h"
#include "engine/error.h"
#include "engine/files/store.h"
#include "engine/models/safetensors_tensors.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

struct LogitsOptions {
    ModelOptions model;
    std::vector<TokenId> ids;
    std::string out;
};

void check_ids(const std::vector<TokenId>& ids, std::int64_t vocab_size) {
    for (const TokenId id : ids)
        if (id < 0 || id >= vocab_size)
            fail("--ids", std::to_string(id), "token ids from 0 to " + std::to_string(vocab_size - 1));
}

int write_logits(const LogitsOptions& options) {
    const OpenedModel opened = open_model(options.model);
    const Model& model = *opened.loaded->model;
    check_ids(options.ids, model.vocab_size());
    const c10::NoGradGuard no_gradient;
    const Pass pass;
    const at::Tensor hidden = model.hidden(PackedTokens::pack({options.ids}, model.device()), pass);
    const at::Tensor rows = model.task() == Task::Classification ? hidden.narrow(0, 0, 1) : hidden;
    const at::Tensor logits = model.logits(rows, pass).to(at::kFloat); // [T, V], or [1, labels]
    write_file(options.out, tensors_as_safetensors({{"logits", logits}}));
    return exit_done;
}

} // namespace

void add_logits(CLI::App& command, Action& action) {
    auto options = std::make_shared<LogitsOptions>();
    CLI::App* verb = command.add_subcommand("logits", "Write the model's logits of some token ids to a file");
    options->model.add_to(*verb);
    verb->add_option("--ids", options->ids, "Token ids, separated by commas")->delimiter(',')->required();
    verb->add_option("--out", options->out,
            "A safetensors file with one tensor `logits` [T, V], F32; of a classifier [1, labels]")
        ->required();
    verb->footer("Example:\n  lora logits --model smollm2.gguf --ids 1,4093,198 --out logits.safetensors");
    verb->callback([options, &action] { action = [options] { return write_logits(*options); }; });
}

} // namespace lora
