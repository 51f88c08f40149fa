#include "engine/settings/settings.h"
#include "engine/targets/rank_pattern.h"

#include <charconv>
#include <concepts>
#include <string_view>

namespace lora {

namespace {

/// As a shell reads it back: bare where no character is special, else in single quotes.
std::string shell_word(std::string_view word) {
    static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                              "_@%+=:,./-";
    if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string(word);
    std::string text = "'";
    for (const char letter : word) letter == '\'' ? text.append("'\\''") : text.append(1, letter);
    return text + "'";
}

std::string text(const std::string& value) { return value; }
std::string text(std::integral auto value) { return std::to_string(value); }
std::string text(double value) {
    char digits[32];
    const auto end =
        std::to_chars(std::begin(digits), std::end(digits), value, std::chars_format::general).ptr;
    return {digits, end};
}
template <class T>
std::string text(const std::optional<T>& value) {
    return text(*value);
}
template <class T>
requires std::is_enum_v<T> std::string text(T value) { return name(value); }

class CommandLine {
public:
    explicit CommandLine(std::string start) : line_(std::move(start)) {}

    /// A value that begins with a hyphen would be taken for an option of its own.
    void option(const char* name, const std::string& value) {
        line_.append(" --").append(name).append(value.starts_with('-') ? "=" : " ").append(shell_word(value));
    }
    template <class T>
    void unless(const T& usual, const char* name, const T& value) {
        if (value != usual) option(name, text(value));
    }
    void flag(const char* name) { line_.append(" --").append(name); }
    std::string take() { return std::move(line_); }

private:
    std::string line_;
};

void add(CommandLine& line, const LoraSettings& lora, const LoraSettings& usual) {
    if (!lora.adapter.empty()) {
        line.option("adapter", lora.adapter);
    } else {
        line.unless(usual.selection.targets, "targets", lora.selection.targets);
        line.unless(usual.selection.layers, "layers", lora.selection.layers);
        line.unless(usual.rank, "rank", lora.rank);
        line.unless(2.0 * static_cast<double>(lora.rank), "alpha", lora.alpha);
        if (!lora.rank_pattern.empty()) line.option("rank-pattern", pattern_text(lora.rank_pattern));
        if (!lora.alpha_pattern.empty()) line.option("alpha-pattern", pattern_text(lora.alpha_pattern));
        line.unless(usual.init, "init", lora.init);
    }
    line.unless(usual.dropout, "dropout", lora.dropout);
}

void add(CommandLine& line, const MethodSettings& method) {
    const MethodSettings usual;
    line.unless(usual.loraplus_lr_ratio, "loraplus-lr-ratio", method.loraplus_lr_ratio);
    line.unless(usual.d_initial, "d-initial", method.d_initial);
    line.unless(usual.eva.rho, "eva-rho", method.eva.rho);
    line.unless(usual.eva.tau, "eva-tau", method.eva.tau);
    line.unless(usual.adalora.init_r, "adalora-init-r", method.adalora.init_r);
    line.unless(usual.adalora.tinit, "adalora-tinit", method.adalora.tinit);
    line.unless(usual.adalora.tfinal, "adalora-tfinal", method.adalora.tfinal);
    line.unless(usual.adalora.deltaT, "adalora-delta-t", method.adalora.deltaT);
    line.unless(usual.adalora.beta1, "adalora-beta1", method.adalora.beta1);
    line.unless(usual.adalora.beta2, "adalora-beta2", method.adalora.beta2);
    line.unless(usual.adalora.orth_reg_weight, "adalora-orth-reg-weight", method.adalora.orth_reg_weight);
}

void add(CommandLine& line, const SubspaceSettings& subspace, const SubspaceSettings& usual) {
    line.unless(usual.dimension, "subspace-dimension", subspace.dimension);
    line.unless(usual.projection, "projection", subspace.projection);
    if (subspace.said) line.flag("said");
}

void add(CommandLine& line, const TrainingSettings& training, const TrainingSettings& usual) {
    if (training.steps)
        line.option("steps", text(training.steps));
    else
        line.unless(usual.epochs, "epochs", training.epochs);
    line.unless(usual.batch, "batch", training.batch);
    line.unless(usual.accumulate, "accumulate", training.accumulate);
    if (training.gradient_checkpointing) line.flag("gradient-checkpointing");
    if (training.activation_offload) line.flag("activation-offload");
    if (!training.cuda_graphs) line.flag("no-cuda-graphs");
    line.unless(usual.lr, "lr", training.lr);
    line.unless(usual.schedule, "schedule", training.schedule);
    line.unless(usual.warmup, "warmup", training.warmup);
    line.unless(usual.weight_decay, "weight-decay", training.weight_decay);
    line.unless(usual.clip, "clip", training.clip);
    line.unless(usual.seed, "seed", training.seed);
    line.unless(usual.eval_every, "eval-every", training.eval_every);
    line.unless(usual.spectrum_every, "spectrum-every", training.spectrum_every);
    line.unless(usual.checkpoint_every, "checkpoint-every", training.checkpoint_every);
}

} // namespace

std::string equal_command(const RunSettings& settings, const std::string& run_folder) {
    const RunSettings usual = defaults_of(settings.method);
    CommandLine line("lora train");
    line.option("model", settings.model);
    line.option("data", settings.data.train);
    line.option("out", run_folder);
    line.unless(usual.data.eval, "eval", settings.data.eval);
    line.unless(usual.data.eval_split, "eval-split", settings.data.eval_split);
    line.unless(usual.data.train_rows, "train-rows", settings.data.train_rows);
    line.unless(usual.data.eval_rows, "eval-rows", settings.data.eval_rows);
    line.unless(MethodKind::Lora, "method", settings.method);
    add(line, settings.method_settings);
    add(line, settings.subspace, usual.subspace);
    add(line, settings.lora, usual.lora);
    line.unless(usual.dtype, "dtype", settings.dtype);
    line.unless(usual.device, "device", settings.device);
    line.unless(usual.threads, "threads", settings.threads);
    line.unless(usual.data.max_length, "max-length", settings.data.max_length);
    add(line, settings.training, usual.training);
    if (!settings.data.shuffle) line.flag("no-shuffle");
    return line.take();
}

} // namespace lora
