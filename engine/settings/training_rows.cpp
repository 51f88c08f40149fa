// The settings of how the run goes, a row each: name, words, help, limits.

#include "engine/settings/rows.h"

namespace lora {

namespace {

constexpr double most_minutes = 60 * 24 * 7;

} // namespace

std::vector<Setting> training_rows() {
    using enum SettingGroup;
    return {
        row(
            "training.lr", "Learning rate", "The size of AdamW's steps; 1e-4 to 1e-3 suits most adapters.",
            [](auto& s) -> auto& { return s.training.lr; }, Setting().above(0).to(1e38)),
        row(
            "training.epochs", "Epochs", "Times through the data. Counts where no steps are given.",
            [](auto& s) -> auto& { return s.training.epochs; },
            Setting().from(1).displacing("training.steps")),
        row(
            "training.steps", "Steps", "Optimizer steps, in place of epochs.",
            [](auto& s) -> auto& { return s.training.steps; },
            Setting().from(1).or_empty("as many as the epochs have")),
        row(
            "training.batch", "Batch", "Samples for one step of the optimizer.",
            [](auto& s) -> auto& { return s.training.batch; },
            Setting().from(1).measured_in("samples").doubling()),
        row(
            "training.schedule", "Schedule", "How the learning rate goes on after the warm-up.",
            [](auto& s) -> auto& { return s.training.schedule; }),
        row(
            "training.accumulate", "Micro-batches",
            "Parts that a batch is worked through in: the same result with less memory.",
            [](auto& s) -> auto& { return s.training.accumulate; },
            Setting().rarely().from(1).free_on_resume()),
        row(
            "training.gradient_checkpointing", "Recompute activations",
            "Gradient checkpointing: each block keeps its input alone and runs again in the backward. Less "
            "memory, "
            "for about a quarter more time.",
            [](auto& s) -> auto& { return s.training.gradient_checkpointing; },
            Setting().rarely().free_on_resume()),
        row(
            "training.activation_offload", "Keep the blocks' inputs in host memory",
            "With recomputed activations on a GPU: what each block keeps, its input, waits in the computer's "
            "memory "
            "and comes back for the backward.",
            [](auto& s) -> auto& { return s.training.activation_offload; },
            Setting().rarely().on_gpu().free_on_resume()),
        row(
            "training.cuda_graphs", "Record steps as CUDA graphs",
            "On a GPU: a step whose shape comes again is recorded once and queued as a whole.",
            [](auto& s) -> auto& { return s.training.cuda_graphs; },
            Setting().rarely().on_gpu().free_on_resume()),
        row(
            "training.warmup", "Warm-up", "Steps in which the learning rate rises from zero.",
            [](auto& s) -> auto& { return s.training.warmup; },
            Setting().rarely().from(0).measured_in("steps").or_empty("3 % of the steps")),
        row(
            "training.weight_decay", "Weight decay", "AdamW's pull of what is trained towards zero.",
            [](auto& s) -> auto& { return s.training.weight_decay; }, Setting().rarely().from(0)),
        row(
            "training.clip", "Clip", "The largest norm of the gradient; longer ones are shortened.",
            [](auto& s) -> auto& { return s.training.clip; },
            Setting().rarely().from(0).or_empty("no clipping")),
        row(
            "training.seed", "Seed", "Of A, of the samples' order and of dropout.",
            [](auto& s) -> auto& { return s.training.seed; }, Setting().rarely()),
        row(
            "training.eval_every", "Evaluate every", "Steps between evaluations.",
            [](auto& s) -> auto& { return s.training.eval_every; },
            Setting().rarely().from(0).measured_in("steps").or_empty("first and last only")),
        row(
            "training.patience", "Stop without gain",
            "Evaluations in a row that bring no lower loss, after which the run ends. The checkpoint of the "
            "best one is kept.",
            [](auto& s) -> auto& { return s.training.patience; },
            Setting().rarely().from(0).measured_in("evaluations").or_empty("never")),
        row(
            "training.spectrum_every", "Spectra every", "Steps between spectra of the updates.",
            [](auto& s) -> auto& { return s.training.spectrum_every; },
            Setting().rarely().from(0).measured_in("steps").or_empty("at the end only")),
        row(
            "training.checkpoint_every", "Save every", "Steps between checkpoints.",
            [](auto& s) -> auto& { return s.training.checkpoint_every; },
            Setting().rarely().from(0).measured_in("steps").or_empty("not by steps").free_on_resume()),
        row(
            "training.checkpoint_minutes", "Save after",
            "Minutes after which the next step is followed by a checkpoint, if none was written since.",
            [](auto& s) -> auto& { return s.training.checkpoint_minutes; },
            Setting()
                .rarely()
                .from(0)
                .to(most_minutes)
                .measured_in("minutes")
                .or_empty("not by the clock")
                .free_on_resume()),
    };
}

} // namespace lora
