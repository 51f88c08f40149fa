#pragma once
// Settings of which none is at its initial value, and which a form that rounds, clamps or forgets would
// change.

#include "engine/run_settings/run_settings.h"

#include <limits>

namespace lora {

inline RunSettings awkward_settings() {
    RunSettings s;
    s.model = "a model.gguf";
    s.device = "cuda:1";
    s.dtype = NumberType::BFloat16;
    s.quantized = QuantizedWeights::Unpacked;
    s.threads = 3;
    s.data = {"train.jsonl", "eval.jsonl", 0.0123, 2001, 403, "ask=prompt,reply=completion", "Q: {ask}", 517,
        true, Problem::Regression, true, false, true, std::numeric_limits<std::uint64_t>::max() - 1};
    s.method = MethodKind::LoraPlus;
    s.method_settings = {15.987654, 0.123456, {13, 5, 7, 3, 0.8512, 0.999, 0.123456}, {1.2345, 0.98765}};
    s.lora = {{"re:.*(q|v)_proj", "0-5,29"}, 5000, 12.345, {{"v_proj", 4}}, {{"v_proj", 2.5}}, 0.0123,
        InitialA::Gaussian, "an adapter"};
    s.subspace = {1'234'567, ProjectionKind::Sparse, true};
    s.training.steps = 1'000'001;
    s.training.epochs = 3;
    s.training.batch = 7;
    s.training.accumulate = 3;
    s.training.gradient_checkpointing = true;
    s.training.activation_offload = true;
    s.training.cuda_graphs = false;
    s.training.lr = 1.0 / 3;
    s.training.schedule = Schedule::Cosine;
    s.training.warmup = 0;
    s.training.weight_decay = 1e-4;
    s.training.clip = 0.123456;
    s.training.seed = std::numeric_limits<std::uint64_t>::max();
    s.training.eval_every = 19;
    s.training.patience = 21;
    s.training.spectrum_every = 0;
    s.training.checkpoint_every = 123'457;
    s.training.checkpoint_minutes = 0;
    s.answers = {7, {"What is \"this\"?", "-x"}, true, 33};
    s.tokens = {"<ask>,</ask>", true};
    return s;
}

} // namespace lora
