#pragma once
// A run's numbers: what the window's fields, the command's options and run.json all speak of. Knows no torch.
// Defaults are the command's; run.json carries every field by the name it has here.

#include "engine/data/data_settings.h"
#include "engine/files/json.h"
#include "engine/method_sheets/method_settings.h"
#include "engine/method_sheets/subspace_settings.h"
#include "engine/targets/lora_settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

enum class NumberType { Float32, BFloat16 };
enum class Schedule { Linear, Cosine, Constant };
struct TrainingSettings {
    std::optional<std::int64_t> steps; ///< optimizer steps; none: `epochs` decide
    std::int64_t epochs = 1;
    std::int64_t batch = 8;      ///< samples an optimizer step
    std::int64_t accumulate = 1; ///< pieces that a batch is worked through in: same result, less memory
    bool gradient_checkpointing = false; ///< less memory for activations, for a second forward of each block
    bool activation_offload = false; ///< with that, on a GPU: the blocks' inputs wait in the host's memory
    bool cuda_graphs = true;         ///< on a GPU: what comes again in the same shape is queued as a whole
    double lr = 2e-4;
    Schedule schedule = Schedule::Linear;
    std::optional<std::int64_t> warmup; ///< steps; none: int(0.03 · steps)
    double weight_decay = 0;
    double clip = 1.0; ///< largest gradient norm; 0: no clipping
    std::uint64_t seed = 0;
    std::int64_t eval_every = 0;        ///< steps; 0: before the first and after the last only
    std::int64_t spectrum_every = 10;   ///< steps; 0: at the end only
    std::int64_t checkpoint_every = 50; ///< steps; 0: at the end only
    bool operator==(const TrainingSettings&) const = default;
};

struct RunSettings {
    std::string model;           ///< a Hugging Face folder or a GGUF file
    std::string device = "auto"; ///< auto, cpu, cuda, cuda:N
    NumberType dtype = NumberType::Float32;
    int threads = 0; ///< 0: all cores
    DataSettings data;
    MethodKind method = MethodKind::Lora; ///< what is trained
    MethodSettings method_settings;
    LoraSettings lora;
    SubspaceSettings subspace; ///< of the methods subspace and uni-lora
    TrainingSettings training;
    bool operator==(const RunSettings&) const = default;
};

/// "float32", "bfloat16" and so on: the words of options and files. Parsing throws Error that lists the known
/// ones.
std::string name(NumberType type);
std::string name(Schedule schedule);
std::string name(InitialA init);
NumberType number_type(const std::string& name);
Schedule schedule(const std::string& name);
InitialA initial_a(const std::string& name);

/// What the command starts from: full fine-tuning takes everything and a subspace all linears; these and DoRA
/// leave spectra, which are dense there and slow, to the end; Uni-LoRA takes its hashed projection, VeRA rank
/// 256.
RunSettings defaults_of(MethodKind method);

/// Every value that is out of its range, a sentence each; empty if all is well. Files are not looked at.
std::vector<std::string> faults(const RunSettings& settings);

/// Throws Error with all of them, a line each, if there are any.
void refuse(const std::vector<std::string>& faults);

Json to_json(const RunSettings& settings);
/// Fields that are absent keep their defaults; an unknown field or a value of another kind is an Error naming
/// `where`.
RunSettings run_settings(const Json& json, const std::string& where);

/// The command line that does the same, e.g. `lora train --model … --rank 8`; options at their default are
/// left out (--alpha at twice the rank; with an adapter to start from, whatever that one decides).
std::string equal_command(const RunSettings& settings, const std::string& run_folder);

} // namespace lora
