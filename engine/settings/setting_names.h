#pragma once
// The names of a run's settings in run.json, each beside its field: writing and reading follow this one list.

#include "engine/settings/settings.h"

#include <concepts>
#include <type_traits>

namespace lora {

/// A struct whose fields are an object of their own in run.json.
template <class T>
concept SettingGroup = std::same_as<T, TargetSelection> || std::same_as<T, MethodSettings> || std::same_as<T,
    AdaLoraSettings> || std::same_as<T, EvaSettings> || std::same_as<T, LoraSettings> || std::same_as<T,
    SubspaceSettings> || std::same_as<T, DataSettings> || std::same_as<T, TrainingSettings> || std::same_as<T,
    RunSettings>;

/// Calls visit(name, field) for each field; the fields are const where the settings are.
template <class T, class Visit>
requires SettingGroup<std::remove_const_t<T>>
void each_field(T& settings, Visit& visit) {
    using Group = std::remove_const_t<T>;
    if constexpr (std::same_as<Group, TargetSelection>) {
        visit("targets", settings.targets);
        visit("layers", settings.layers);
    } else if constexpr (std::same_as<Group, MethodSettings>) {
        visit("loraplus_lr_ratio", settings.loraplus_lr_ratio);
        visit("d_initial", settings.d_initial);
        visit("adalora", settings.adalora);
        visit("eva", settings.eva);
    } else if constexpr (std::same_as<Group, EvaSettings>) {
        visit("rho", settings.rho);
        visit("tau", settings.tau);
    } else if constexpr (std::same_as<Group, AdaLoraSettings>) {
        visit("init_r", settings.init_r);
        visit("tinit", settings.tinit);
        visit("tfinal", settings.tfinal);
        visit("deltaT", settings.deltaT);
        visit("beta1", settings.beta1);
        visit("beta2", settings.beta2);
        visit("orth_reg_weight", settings.orth_reg_weight);
    } else if constexpr (std::same_as<Group, LoraSettings>) {
        visit("selection", settings.selection);
        visit("rank", settings.rank);
        visit("alpha", settings.alpha);
        visit("rank_pattern", settings.rank_pattern);
        visit("alpha_pattern", settings.alpha_pattern);
        visit("dropout", settings.dropout);
        visit("init", settings.init);
        visit("adapter", settings.adapter);
    } else if constexpr (std::same_as<Group, DataSettings>) {
        visit("train", settings.train);
        visit("eval", settings.eval);
        visit("eval_split", settings.eval_split);
        visit("train_rows", settings.train_rows);
        visit("eval_rows", settings.eval_rows);
        visit("max_length", settings.max_length);
        visit("shuffle", settings.shuffle);
    } else if constexpr (std::same_as<Group, SubspaceSettings>) {
        visit("dimension", settings.dimension);
        visit("projection", settings.projection);
        visit("said", settings.said);
    } else if constexpr (std::same_as<Group, TrainingSettings>) {
        visit("steps", settings.steps);
        visit("epochs", settings.epochs);
        visit("batch", settings.batch);
        visit("accumulate", settings.accumulate);
        visit("gradient_checkpointing", settings.gradient_checkpointing);
        visit("activation_offload", settings.activation_offload);
        visit("cuda_graphs", settings.cuda_graphs);
        visit("lr", settings.lr);
        visit("schedule", settings.schedule);
        visit("warmup", settings.warmup);
        visit("weight_decay", settings.weight_decay);
        visit("clip", settings.clip);
        visit("seed", settings.seed);
        visit("eval_every", settings.eval_every);
        visit("spectrum_every", settings.spectrum_every);
        visit("checkpoint_every", settings.checkpoint_every);
    } else {
        visit("model", settings.model);
        visit("device", settings.device);
        visit("dtype", settings.dtype);
        visit("threads", settings.threads);
        visit("data", settings.data);
        visit("method", settings.method);
        visit("method_settings", settings.method_settings);
        visit("lora", settings.lora);
        visit("subspace", settings.subspace);
        visit("training", settings.training);
    }
}

} // namespace lora
