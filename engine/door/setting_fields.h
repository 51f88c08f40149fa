#pragma once
// The fields of settings, as they cross the door.

#include "engine/door/described.h"
#include "engine/measures/weight_comparison_values.h"
#include "engine/run_settings/generation_settings.h"
#include "engine/run_settings/run_settings.h"
#include "engine/sweeps/sweep.h"

namespace lora {

LORA_FIELDS(DataSettings, train, eval, eval_split, train_rows, eval_rows, columns, row_template, max_length,
    last_turn, problem_type, packing, shuffle, deduplicate, split_seed)
LORA_FIELDS(AdaLoraSettings, init_r, tinit, tfinal, deltaT, beta1, beta2, orth_reg_weight)
LORA_FIELDS(EvaSettings, rho, tau)
LORA_FIELDS(MethodSettings, loraplus_lr_ratio, d_initial, adalora, eva)
LORA_FIELDS(TargetSelection, targets, layers)
LORA_FIELDS(LoraSettings, selection, rank, alpha, rank_pattern, alpha_pattern, dropout, init, adapter)
LORA_FIELDS(SubspaceSettings, dimension, projection, said)
LORA_FIELDS(TrainingSettings, steps, epochs, batch, accumulate, gradient_checkpointing, activation_offload,
    cuda_graphs, lr, schedule, warmup, weight_decay, clip, seed, eval_every, patience, spectrum_every,
    checkpoint_every, checkpoint_minutes)
LORA_FIELDS(AnswerSettings, rows, prompts, chat, max_new_tokens)
LORA_FIELDS(TokenSettings, added, special)
LORA_FIELDS(RunSettings, model, device, dtype, quantized, threads, data, method, method_settings, lora,
    subspace, training, answers, tokens)
LORA_FIELDS(GenerationSettings, max_new_tokens, temperature, top_k, top_p, min_p, repetition_penalty, seed,
    adapter_scale, adapted)
LORA_FIELDS(WeightQuestions, directions, intruders, intruder_directions, intruder_cosine)
LORA_FIELDS(SweepAxis, setting, values)
LORA_FIELDS(Sweep, name, about, base, list, axes, keep_scale)

} // namespace lora
