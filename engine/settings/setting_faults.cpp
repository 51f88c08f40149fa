#include "engine/error.h"
#include "engine/method_sheets/method_faults.h"
#include "engine/settings/settings.h"
#include "engine/targets/weight_selection.h"

#include <charconv>
#include <cmath>

namespace lora {

namespace {

constexpr std::int64_t most = 1'000'000'000; // far above any use, far below overflow in products of two

std::string text(double value) {
    char digits[32];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    return {digits, end};
}

/// Collects what is wrong, a sentence each.
class Faults {
public:
    void expect(bool holds, const std::string& name, const std::string& found, const std::string& expected) {
        if (!holds) sentences_.push_back(name + ": found " + found + ", expected " + expected);
    }
    void within(const std::string& name, std::int64_t value, std::int64_t lowest, std::int64_t highest) {
        expect(lowest <= value && value <= highest, name, std::to_string(value),
            std::to_string(lowest) + " to " + std::to_string(highest));
    }
    void given(const std::string& name, const std::string& value, const std::string& expected) {
        expect(!value.empty(), name, "nothing", expected);
    }
    void number(const std::string& name, double value, bool holds, const std::string& expected) {
        expect(std::isfinite(value) && holds, name, text(value), expected);
    }
    std::vector<std::string> take() { return std::move(sentences_); }

private:
    std::vector<std::string> sentences_;
};

bool is_device(const std::string& word) {
    if (word == "auto" || word == "cpu" || word == "cuda") return true;
    const std::string number = word.starts_with("cuda:") ? word.substr(5) : "";
    return !number.empty() && number.size() <= 3
           && number.find_first_not_of("0123456789") == std::string::npos;
}

void check(const DataSettings& data, Faults& faults) {
    faults.given("data", data.train, "a file to train on");
    faults.number("eval-split", data.eval_split, 0 <= data.eval_split && data.eval_split <= 0.5,
        "a share from 0 to 0.5");
    faults.within("train-rows", data.train_rows, 0, most);
    faults.within("eval-rows", data.eval_rows, 0, most);
    faults.within("max-length", data.max_length, 2, 1 << 20);
}

void check(const LoraSettings& lora, Faults& faults) {
    faults.given(
        "targets", lora.selection.targets, "attention-qv, attention, mlp, all-linear, names or re:PATTERN");
    faults.within("rank", lora.rank, 1, 1 << 16);
    faults.number("alpha", lora.alpha, lora.alpha > 0, "a number above 0");
    for (const auto& [path, rank] : lora.rank_pattern)
        faults.within("rank_pattern of " + path, rank, 1, 1 << 16);
    for (const auto& [path, alpha] : lora.alpha_pattern)
        faults.number("alpha_pattern of " + path, alpha, alpha > 0, "a number above 0");
    faults.number(
        "dropout", lora.dropout, 0 <= lora.dropout && lora.dropout < 1, "a share from 0 to below 1");
}

void check(const SubspaceSettings& subspace, MethodKind method, Faults& faults) {
    faults.within("subspace-dimension", subspace.dimension, 1, most);
    faults.expect(has_subspace(method) || subspace == SubspaceSettings{},
        "subspace-dimension, projection or said", "one with --method " + name(method),
        "none; they are those of subspace and uni-lora");
    faults.expect(method != MethodKind::UniLora || !subspace.said, "said", "a scale for each layer",
        "none with --method uni-lora; take --method subspace");
}

// What would do nothing, or not what it says, with a method that changes the weights themselves.
void check_together(const RunSettings& settings, Faults& faults) {
    const std::string method = name(settings.method);
    const LoraSettings& lora = settings.lora;
    if (!trains_weights(settings.method)) {
        faults.expect(lora.selection.targets != everything, "targets", everything,
            "linears, since " + method + " changes no embedding, norm or bias; take --method full for those");
        return;
    }
    const std::string why = " with --method " + method + ", which trains weights and no adapter";
    faults.expect(lora.adapter.empty(), "adapter", "'" + lora.adapter + "'",
        "none" + why + "; merge it into the model first");
    faults.number("dropout", lora.dropout, lora.dropout == 0, "0" + why);
    faults.expect(lora.init == InitialA::Uniform, "init", name(lora.init), "none" + why);
    faults.expect(lora.rank_pattern.empty() && lora.alpha_pattern.empty(), "rank-pattern or alpha-pattern",
        "one", "none" + why);
    faults.expect(!settings.training.gradient_checkpointing, "gradient-checkpointing", "on",
        "off" + why + ": a block that runs again forms gradients of updates alone");
    faults.expect(lora.selection.targets != everything || lora.selection.layers.empty(), "layers",
        "'" + lora.selection.layers + "'",
        "none with --targets everything; take all-linear to choose blocks");
}

void check(const TrainingSettings& training, Faults& faults) {
    if (training.steps) faults.within("steps", *training.steps, 1, most);
    faults.within("epochs", training.epochs, 1, most);
    faults.within("batch", training.batch, 1, most);
    faults.within("accumulate", training.accumulate, 1, std::max<std::int64_t>(1, training.batch));
    faults.expect(!training.activation_offload || training.gradient_checkpointing, "activation-offload", "on",
        "off without gradient-checkpointing: only then is there nothing but a block's input to keep");
    faults.number("lr", training.lr, training.lr > 0, "a number above 0");
    if (training.warmup) faults.within("warmup", *training.warmup, 0, training.steps.value_or(most));
    faults.number("weight-decay", training.weight_decay, training.weight_decay >= 0, "0 or above");
    faults.number("clip", training.clip, training.clip >= 0, "0 or above");
    faults.within("eval-every", training.eval_every, 0, most);
    faults.within("spectrum-every", training.spectrum_every, 0, most);
    faults.within("checkpoint-every", training.checkpoint_every, 0, most);
}

} // namespace

void refuse(const std::vector<std::string>& faults) {
    std::string all;
    for (const std::string& fault : faults) all += (all.empty() ? "" : "\n") + fault;
    if (!all.empty()) throw Error(all);
}

std::vector<std::string> faults(const RunSettings& settings) {
    Faults faults;
    faults.given("model", settings.model, "a model's folder or GGUF file");
    faults.expect(
        is_device(settings.device), "device", "'" + settings.device + "'", "auto, cpu, cuda or cuda:N");
    faults.within("threads", settings.threads, 0, 1024);
    check(settings.data, faults);
    check(settings.lora, faults);
    check(settings.subspace, settings.method, faults);
    check_together(settings, faults);
    check(settings.training, faults);
    std::vector<std::string> all = faults.take();
    for (std::string& fault : method_faults(settings.method, settings.method_settings, settings.lora))
        all.push_back(std::move(fault));
    return all;
}

} // namespace lora
