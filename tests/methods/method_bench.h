#pragma once
// The tiny model in float64 with a batch, and every kind of method on it.

#include "engine/adapters/adapter.h"
#include "engine/architectures/catalog.h"
#include "engine/methods/catalog.h"
#include "engine/training/batch.h"
#include "engine/training/loss.h"
#include "tests/files/scratch.h"
#include "tests/tiny_model.h"

#include <ATen/Parallel.h>

struct MethodBench {
    Scratch scratch;
    std::string folder = tiny::write_model(scratch.path("model"));
    lora::LoadedModel loaded = lora::load_model(folder, "cpu", at::kDouble);

    MethodBench() { at::set_num_threads(1); }

    /// Two targets of different shapes and, where the method takes them, ranks; in float64.
    lora::Adapter adapter(lora::MethodKind kind = lora::MethodKind::Lora) {
        lora::LoraSettings settings;
        settings.rank = 3;
        settings.alpha = 6;
        if (kind != lora::MethodKind::Vera) settings.rank_pattern = {{"down_proj", 2}};
        lora::Adapter made = lora::make_adapter(
            *loaded.model, {"model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj"}, settings, 5);
        for (auto& target : made.targets) {
            target.update.A = target.update.A.to(at::kDouble);
            target.update.B = target.update.B.to(at::kDouble);
        }
        return made;
    }

    lora::MethodStart start(lora::MethodKind kind) {
        lora::MethodStart made;
        made.kind = kind;
        made.adapter = adapter(kind);
        made.seed = 5;
        made.weights = {"model.layers.0.self_attn.k_proj.weight", "model.norm.weight"};
        made.subspace.dimension = 9;
        made.settings.adalora.init_r = 4;
        made.target_rank = 2;
        made.total_steps = 10;
        return made;
    }

    at::Tensor loss() const {
        lora::Example one, other;
        one.ids = {3, 17, 5, 260, 9, 41};
        other.ids = {8, 100, 33};
        for (lora::Example* example : {&one, &other}) example->learned.assign(example->ids.size(), true);
        return next_token_loss_plain(*loaded.model, lora::make_batch({&one, &other}, at::kCPU), lora::Pass{});
    }
};
