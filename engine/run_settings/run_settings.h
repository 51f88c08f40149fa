#pragma once
// A run's numbers: what the window's fields, the command's options and run.json all speak of. Defaults are
// the command's. A field here has a row in the table of settings, engine/settings/schema.h.

#include "engine/data/data_settings.h"
#include "engine/run_settings/method_settings.h"
#include "engine/run_settings/subspace_settings.h"
#include "engine/run_settings/token_settings.h"
#include "engine/targets/lora_settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

enum class NumberType { Float32, BFloat16 };
/// Of quantized weights what becomes of them on the CPU; or to what the blocks' plain linears are quantized
/// as the model opens, while what is quantized already stays packed.
enum class QuantizedWeights { Packed, Unpacked, Nf4, Int8 };
enum class Schedule { Linear, Cosine, Constant };

struct TrainingSettings {
    std::optional<std::int64_t> steps; ///< optimizer steps; none: `epochs` decide
    std::int64_t epochs = 1;
    std::int64_t batch = 8;              ///< samples an optimizer step
    std::int64_t accumulate = 1;         ///< micro-batches that a batch is worked through in
    bool gradient_checkpointing = false; ///< less memory for activations, for a second forward of each block
    bool activation_offload = false; ///< with that, on a GPU: the blocks' inputs wait in the host's memory
    bool cuda_graphs = true;         ///< on a GPU: what comes again in the same shape is queued as a whole
    double lr = 2e-4;
    Schedule schedule = Schedule::Linear;
    std::optional<std::int64_t> warmup; ///< steps; none: int(0.03 · steps)
    double weight_decay = 0;
    double clip = 1.0; ///< largest gradient norm; 0: no clipping
    std::uint64_t seed = 0;
    std::int64_t eval_every = 0;         ///< steps; 0: before the first and after the last only
    std::int64_t patience = 0;           ///< evaluations in a row without gain that end it; 0: none do
    std::int64_t spectrum_every = 10;    ///< steps; 0: at the end only
    std::int64_t checkpoint_every = 50;  ///< steps; 0: never by their number
    std::int64_t checkpoint_minutes = 5; ///< since the last checkpoint; 0: never by the clock
    bool operator==(const TrainingSettings&) const = default;
};

/// What is answered at each evaluation, the likeliest token every time, so that one sees the model change.
struct AnswerSettings {
    std::int64_t rows = 0; ///< the first ones of what is held out
    std::vector<std::string> prompts;
    bool chat = false; ///< the prompts as a user's messages in the model's chat template
    std::int64_t max_new_tokens = 48;
    bool operator==(const AnswerSettings&) const = default;
};

struct RunSettings {
    std::string model;           ///< a Hugging Face folder, a GGUF file, or a name in the hub's cache
    std::string device = "auto"; ///< auto, cpu, cuda, cuda:N
    NumberType dtype = NumberType::Float32;
    QuantizedWeights quantized = QuantizedWeights::Packed;
    int threads = 0; ///< 0: all cores
    DataSettings data;
    MethodKind method = MethodKind::Lora; ///< what is trained
    MethodSettings method_settings;
    LoraSettings lora;
    SubspaceSettings subspace; ///< of the methods subspace and uni-lora
    TrainingSettings training;
    AnswerSettings answers;
    TokenSettings tokens;
    bool operator==(const RunSettings&) const = default;
};

} // namespace lora
