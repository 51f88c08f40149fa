#pragma once
// What the window asks of the engine. Plain values.

#include "engine/measures/weight_comparison_values.h"
#include "engine/run_settings/generation_settings.h"
#include "engine/settings/settings.h"
#include "engine/sweeps/sweep.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lora {

/// Opens a model; the one before, its adapter and its run are let go, but stay where it cannot be opened.
/// Refused while a run is active.
struct LoadModel {
    std::string path;
    std::string device = "auto";
    NumberType dtype = NumberType::Float32;
    QuantizedWeights quantized = QuantizedWeights::Packed;
};
/// Reads and tokenizes a dataset for the loaded model, for its summary alone.
struct LoadDataset {
    DataSettings data;
};
/// Starts a run with the loaded model. `folder` must be new or empty. The model's path, device and type must
/// be the loaded one's.
struct StartRun {
    RunSettings settings;
    std::string folder;
};
struct PauseRun {};
struct ContinueRun {};
/// Ends the run at its last finished step; a checkpoint and the adapter are saved.
struct StopRun {};
/// Checkpoint and adapter of the last finished step, now.
struct SaveNow {};
/// A past run's plots and adapter as they were; loads its model if another one is there.
struct OpenRun {
    std::string folder;
    bool best = false; ///< what stands in the checkpoint of the best evaluation, in place of the last result
};
/// Goes on with a run from its last checkpoint; loads its model if another one is there.
struct ResumeRun {
    std::string folder;
};
/// Starts the runs of a sweep, one after the other, in a folder that must be new or empty; each loads the
/// model it needs where another one is there. An adapter in place is taken off. StopRun saves and leaves it.
struct StartSweep {
    Sweep sweep;
    std::string folder;
};
/// Goes on with a sweep's folder: what is finished or failed is kept.
struct ResumeSweep {
    std::string folder;
    bool retry_failed = false; ///< the failed runs go on too, or begin anew
};
/// A PEFT folder or a safetensors file with loralib's names onto the loaded model, for the playground and the
/// spectra; or a subspace's folder, for the playground.
struct LoadAdapter {
    std::string path;
};
/// Takes what stands on the model off it: the base answers alone. Refused while a run is active.
struct UnloadAdapter {};
/// The adapter in place as a PEFT folder.
struct SaveAdapter {
    std::string folder;
};
/// What a user said earlier in a chat, and what each pane answered to it, by its number. A pane that gave no
/// answer goes on as if this had not been said.
struct Exchange {
    std::string said;
    std::vector<std::string> answers = {};
};
/// The prompt to the base model, to the adapted one where something stands on it, and to further adapters,
/// with one seed, token by token in turn. Not while a run is training (pause it first). A generation that is
/// under way is replaced.
struct Generate {
    std::string prompt;
    bool chat = false;                    ///< as a user's message in the model's chat template; else raw
    std::string system = {};              ///< a chat's first message; empty: none
    std::vector<Exchange> before = {};    ///< in a chat, what was said before the prompt
    std::vector<std::string> beside = {}; ///< adapters that answer too, each given as for LoadAdapter
    GenerationSettings settings = {};
};
struct StopGeneration {};

// The laboratory works on the adapter in place. What takes more than a moment goes on step by step between
// other commands, and a new one of these replaces it; not while a run is training (pause it first).

/// The adapter in place beside another one, given as for LoadAdapter. At once.
struct CompareAdapters {
    std::string path;
};
/// Every target beside its weight: amplification, directions, intruders. Step by step.
struct CompareWithWeights {
    WeightQuestions questions;
    std::vector<std::string> paths; ///< empty: all targets
};
/// Energy kept at smaller ranks (at once) and, with a dataset, the loss at each. Step by step.
struct AdviseRank {
    /// A run's: measured on the rows that it is evaluated on, else on those that it trains on. `eval` alone:
    /// on that file. Neither: energies alone.
    DataSettings data = {};
    std::int64_t batch = 8;
    std::int64_t samples = 0;             ///< the first ones of them; 0: all
    std::vector<std::int64_t> ranks = {}; ///< ascending; empty: ranks_to_try of the adapter's rank
    bool spread = false;                  ///< RankAdvice::spread
};
/// Ends what goes on step by step; what is done so far is told.
struct StopAnalysis {};
/// The adapter cut down to these ranks, as a PEFT folder; targets that are not named keep theirs. At once.
struct SaveTruncated {
    std::string folder;
    std::vector<std::pair<std::string, std::int64_t>> ranks; ///< path, rank; 0 leaves the target out
};
/// Model and adapter as one Hugging Face folder, which must be new or empty, or as one new GGUF file. Blocks
/// until it is written.
struct MergeModel {
    std::string path;
    std::string gguf = {}; ///< the type of the file's matrices, "F16", "BF16", "Q8_0"; empty: a folder
};
/// The adapter as a GGUF file for llama.cpp. At once.
struct ExportGguf {
    std::string file;
};

// The survey of a dataset as it would be fed needs a model's tokenizer and no model that is open. It goes on
// between other commands and between the steps of a run, and lives until the next one takes its place.

/// Counts a dataset as this model would be fed it; its rows can then be shown, those so far while it is under
/// way. Step by step.
struct SurveyData {
    std::string model; ///< a folder, a file, or the name of one that was downloaded
    DataSettings data;
    bool evaluation = false;   ///< of data.eval in place of data.train
    TokenSettings tokens = {}; ///< that a run would give the tokenizer
};
/// A row of the survey by what it is looked for. Text is looked for step by step, all else at once.
struct ShowRow {
    enum class By {
        Index,     ///< number `number`, from 0; beyond the last the last
        Line,      ///< in the file's line `number` or behind it
        Longest,   ///< before the cut
        Cut,       ///< the next one behind row `number` that is cut
        LeftOut,   ///< likewise without anything to learn
        Duplicate, ///< likewise the same as an earlier one
        Text       ///< likewise with `words` in it
    };
    By by = By::Index;
    std::int64_t number = 0;
    std::string words = {};
};
/// Ends what is under way, the counting or a search; what is counted stays.
struct StopSurvey {};

using Command = std::variant<LoadModel, LoadDataset, StartRun, PauseRun, ContinueRun, StopRun, SaveNow,
    OpenRun, ResumeRun, LoadAdapter, SaveAdapter, Generate, StopGeneration, CompareAdapters,
    CompareWithWeights, AdviseRank, StopAnalysis, SaveTruncated, MergeModel, ExportGguf, StartSweep,
    ResumeSweep, UnloadAdapter, SurveyData, ShowRow, StopSurvey>;

/// The command in words, for messages: "load the model".
std::string describe(const Command& command);

/// One posting of a command, counted from 1 in the order of posting; 0: none. What comes of it names it.
struct RequestId {
    std::int64_t value = 0;
    auto operator<=>(const RequestId&) const = default;
};
struct Request {
    RequestId id;
    Command command;
};

/// Whether nobody waits for `older` any more once `newer` is posted: a newer question of the same kind, or a
/// model or run that takes the place of what `older` asks about.
bool supersedes(const Command& newer, const Command& older);
/// Whether there is a command that supersedes it. What is not a question of this kind changes something that
/// later commands rely on.
bool can_be_superseded(const Command& command);

} // namespace lora
