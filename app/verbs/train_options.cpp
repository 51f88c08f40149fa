#include "app/verbs/train_options.h"

#include "engine/error.h"
#include "engine/targets/rank_pattern.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace lora {

template <typename Value>
void TrainOptions::add(CLI::App& verb, const std::string& name, Value initial, const std::string& help,
    std::function<void(RunSettings&, const Value&)> apply) {
    auto value = std::make_shared<Value>(std::move(initial));
    CLI::Option* option = verb.add_option(name, *value, help);
    options_.push_back({option, [value, apply](RunSettings& settings) { apply(settings, *value); }});
}

void TrainOptions::add_to(CLI::App& verb) {
    using S = RunSettings;
    using Text = std::string;
    using Count = std::int64_t;
    verb.add_option("--out", out, "The run's folder, new or empty");
    verb.add_option("--resume", resume, "Go on with this run's folder from its last checkpoint");
    verb.add_option("--config", config, "A run.json to take the settings from");
    verb.add_flag("--json", json, "Print JSON, one object a line");
    verb.add_flag("--profile", profile, "Say at the end where the time went, by phase");
    verb.add_flag(
        "--dry-run", dry_run, "Check settings, model and data and say what memory it would take; no --out");
    const S d;
    add<Text>(verb, "--model", "", "A Hugging Face folder or a GGUF file",
        [](S& s, const Text& v) { s.model = v; });
    add<Text>(verb, "--data", "", "Training data: JSON Lines or plain text",
        [](S& s, const Text& v) { s.data.train = v; });
    add<Text>(verb, "--eval", "", "Evaluation data", [](S& s, const Text& v) { s.data.eval = v; });
    add<double>(verb, "--eval-split", 0, "Share of --data held out for evaluation [0]",
        [](S& s, const double& v) { s.data.eval_split = v; });
    add<Count>(verb, "--train-rows", 0, "So many rows of --data, evenly spaced; 0: all [0]",
        [](S& s, const Count& v) { s.data.train_rows = v; });
    add<Count>(
        verb, "--eval-rows", 0, "The same of --eval [0]", [](S& s, const Count& v) { s.data.eval_rows = v; });
    add<Count>(verb, "--max-length", 0, "Tokens a sample at most [256]",
        [](S& s, const Count& v) { s.data.max_length = v; });
    add<Text>(verb, "--method", "", "What is trained: " + method_words() + " [lora]",
        [](S& s, const Text& v) { s.method = method_kind(v); });
    add<double>(verb, "--loraplus-lr-ratio", d.method_settings.loraplus_lr_ratio,
        "LoRA+: the learning rate of B over that of A [16]",
        [](S& s, const double& v) { s.method_settings.loraplus_lr_ratio = v; });
    add<double>(verb, "--d-initial", d.method_settings.d_initial, "VeRA: what its vector d begins with [0.1]",
        [](S& s, const double& v) { s.method_settings.d_initial = v; });
    add<double>(verb, "--eva-rho", d.method_settings.eva.rho,
        "EVA: the most directions a target may get, over the rank; 1: all keep the rank [2]",
        [](S& s, const double& v) { s.method_settings.eva.rho = v; });
    add<double>(verb, "--eva-tau", d.method_settings.eva.tau,
        "EVA: cosine from batch to batch at which a direction stands still [0.99]",
        [](S& s, const double& v) { s.method_settings.eva.tau = v; });
    const AdaLoraSettings& a = d.method_settings.adalora;
    add<Count>(verb, "--adalora-init-r", a.init_r,
        "AdaLoRA: the rank that every update begins with; --rank is what is left on average [12]",
        [](S& s, const Count& v) { s.method_settings.adalora.init_r = v; });
    add<Count>(verb, "--adalora-tinit", a.tinit, "AdaLoRA: steps before the first direction is taken [0]",
        [](S& s, const Count& v) { s.method_settings.adalora.tinit = v; });
    add<Count>(verb, "--adalora-tfinal", a.tfinal, "AdaLoRA: last steps, with the ranks as they are then [0]",
        [](S& s, const Count& v) { s.method_settings.adalora.tfinal = v; });
    add<Count>(verb, "--adalora-delta-t", a.deltaT, "AdaLoRA: steps from one allocation to the next [1]",
        [](S& s, const Count& v) { s.method_settings.adalora.deltaT = v; });
    add<double>(verb, "--adalora-beta1", a.beta1, "AdaLoRA: of the importance's moving mean [0.85]",
        [](S& s, const double& v) { s.method_settings.adalora.beta1 = v; });
    add<double>(verb, "--adalora-beta2", a.beta2, "AdaLoRA: of its uncertainty's moving mean [0.85]",
        [](S& s, const double& v) { s.method_settings.adalora.beta2 = v; });
    add<double>(verb, "--adalora-orth-reg-weight", a.orth_reg_weight,
        "AdaLoRA: weight of the penalty that holds A and B orthonormal [0.5]",
        [](S& s, const double& v) { s.method_settings.adalora.orth_reg_weight = v; });
    add<Count>(verb, "--subspace-dimension", d.subspace.dimension,
        "subspace, uni-lora: how many numbers are trained [1000]",
        [](S& s, const Count& v) { s.subspace.dimension = v; });
    add<Text>(verb, "--projection", "",
        "subspace, uni-lora: fastfood, dense, sparse or hashed [fastfood; uni-lora: hashed]",
        [](S& s, const Text& v) { s.subspace.projection = projection_kind(v); });
    CLI::Option* said = verb.add_flag("--said")->description(
        "subspace: a learned scale for each layer, taken out of the dimension");
    options_.push_back({said, [](S& s) { s.subspace.said = true; }});
    add<Text>(verb, "--targets", "",
        "Module names, attention-qv, attention, mlp, all-linear or re:PATTERN; for full and subspace "
        "everything too, embeddings, norms and biases [attention-qv; full: everything; subspace: all-linear]",
        [](S& s, const Text& v) { s.lora.selection.targets = v; });
    add<Text>(verb, "--layers", "", "Blocks such as 0-5,29 [all]",
        [](S& s, const Text& v) { s.lora.selection.layers = v; });
    add<Count>(verb, "--rank", d.lora.rank, "Rank r of the updates [8; vera: 256]", [](S& s, const Count& v) {
        s.lora.rank = v;
        s.lora.alpha = 2 * static_cast<double>(v);
    });
    add<double>(verb, "--alpha", d.lora.alpha, "The update's scale is alpha / rank [twice the rank]",
        [](S& s, const double& v) { s.lora.alpha = v; });
    add<Text>(verb, "--rank-pattern", "", "Ranks of single targets: q_proj=4,layers.0.self_attn.v_proj=16",
        [](S& s, const Text& v) { s.lora.rank_pattern = rank_pattern(v, "--rank-pattern"); });
    add<Text>(verb, "--alpha-pattern", "", "Alphas of single targets, written the same way",
        [](S& s, const Text& v) { s.lora.alpha_pattern = alpha_pattern(v, "--alpha-pattern"); });
    add<double>(verb, "--dropout", 0, "Dropout of the updates' input [0]",
        [](S& s, const double& v) { s.lora.dropout = v; });
    add<Text>(verb, "--init", "", "First A: uniform or gaussian [uniform]",
        [](S& s, const Text& v) { s.lora.init = initial_a(v); });
    add<Text>(verb, "--adapter", "", "A PEFT folder to start from; its rank, alpha and targets count",
        [](S& s, const Text& v) { s.lora.adapter = v; });
    add<Text>(verb, "--dtype", "", "float32 or bfloat16: of the base and the activations [float32]",
        [](S& s, const Text& v) { s.dtype = number_type(v); });
    add<Text>(
        verb, "--device", "", "auto, cpu, cuda or cuda:N [auto]", [](S& s, const Text& v) { s.device = v; });
    add<int>(
        verb, "--threads", 0, "CPU threads; 0: all cores [0]", [](S& s, const int& v) { s.threads = v; });
    add<Count>(verb, "--steps", 0, "Optimizer steps, instead of --epochs",
        [](S& s, const Count& v) { s.training.steps = v; });
    add<Count>(verb, "--epochs", 1, "Times through the data [1]",
        [](S& s, const Count& v) { s.training.epochs = v; });
    add<Count>(verb, "--batch", 8, "Samples an optimizer step [8]",
        [](S& s, const Count& v) { s.training.batch = v; });
    add<Count>(verb, "--accumulate", 1, "Pieces a batch is worked through in: same result, less memory [1]",
        [](S& s, const Count& v) { s.training.accumulate = v; });
    add<double>(verb, "--lr", d.training.lr, "Learning rate [2e-4]",
        [](S& s, const double& v) { s.training.lr = v; });
    add<Text>(verb, "--schedule", "", "linear, cosine or constant [linear]",
        [](S& s, const Text& v) { s.training.schedule = schedule(v); });
    add<Count>(verb, "--warmup", 0, "Warm-up steps [int(0.03 x steps)]",
        [](S& s, const Count& v) { s.training.warmup = v; });
    add<double>(verb, "--weight-decay", 0, "AdamW's weight decay [0]",
        [](S& s, const double& v) { s.training.weight_decay = v; });
    add<double>(verb, "--clip", 1, "Largest gradient norm; 0: none [1]",
        [](S& s, const double& v) { s.training.clip = v; });
    add<std::uint64_t>(verb, "--seed", 0, "Seed of A, order and dropout [0]",
        [](S& s, const std::uint64_t& v) { s.training.seed = v; });
    add<Count>(verb, "--eval-every", 0, "Steps between evaluations; 0: first and last only [0]",
        [](S& s, const Count& v) { s.training.eval_every = v; });
    add<Count>(verb, "--spectrum-every", 10,
        "Steps between spectra; 0: last only [10; full, subspace, dora: 0]",
        [](S& s, const Count& v) { s.training.spectrum_every = v; });
    add<Count>(verb, "--checkpoint-every", 50, "Steps between checkpoints; 0: last only [50]",
        [](S& s, const Count& v) { s.training.checkpoint_every = v; });
    CLI::Option* in_order = verb.add_flag("--no-shuffle")->description("Keep the file's order");
    options_.push_back({in_order, [](S& s) { s.data.shuffle = false; }});
    CLI::Option* checkpointing =
        verb.add_flag("--gradient-checkpointing")
            ->description("Keep each block's input alone and run it again in the backward: "
                          "less memory, a quarter more time");
    options_.push_back({checkpointing, [](S& s) { s.training.gradient_checkpointing = true; }});
    CLI::Option* offload =
        verb.add_flag("--activation-offload")
            ->description("With --gradient-checkpointing on a GPU: the blocks' inputs wait "
                          "in the host's memory");
    options_.push_back({offload, [](S& s) { s.training.activation_offload = true; }});
    CLI::Option* no_graphs =
        verb.add_flag("--no-cuda-graphs")
            ->description("On a GPU: queue every step anew, in place of a recording of it");
    options_.push_back({no_graphs, [](S& s) { s.training.cuda_graphs = false; }});
}

void TrainOptions::check() const {
    if (!resume.empty()) {
        if (dry_run) throw CLI::ValidationError("--dry-run", "a run that goes on is one that has been run");
        const bool more = !out.empty() || !config.empty()
                          || std::any_of(options_.begin(), options_.end(),
                              [](const Option& o) { return o.option->count() > 0; });
        if (more)
            throw CLI::ValidationError("--resume",
                "a run goes on with its own settings; only --json and --profile may stand beside it");
        return;
    }
    if (out.empty() && !dry_run) throw CLI::RequiredError("--out");
    if (!config.empty()) return;
    for (const char* needed : {"--model", "--data"})
        for (const Option& option : options_)
            if (option.option->get_name() == needed && option.option->count() == 0)
                throw CLI::RequiredError(needed);
}

RunSettings TrainOptions::settings() const {
    RunSettings settings;
    if (!config.empty()) {
        const Json file = read_json(config);
        const Json* nested = JsonFields(file, config).find("settings");
        settings = run_settings(nested != nullptr ? *nested : file, config);
    }
    RunSettings given = settings;
    for (const Option& option : options_)
        if (option.option->count() > 0) option.apply(given);
    if (!config.empty()) return given;
    settings = defaults_of(given.method);
    for (const Option& option : options_)
        if (option.option->count() > 0) option.apply(settings);
    return settings;
}

} // namespace lora
