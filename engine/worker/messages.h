#pragma once
// All that crosses between window and engine: requests one way, events the other. Plain values, small or
// shared and immutable.

#include "engine/checkpoints/summary.h"
#include "engine/data/summary.h"
#include "engine/error.h"
#include "engine/machine/device_info.h"
#include "engine/machine/profile.h"
#include "engine/measures/health.h"
#include "engine/measures/rank_advice.h"
#include "engine/measures/similarity_values.h"
#include "engine/measures/spectrum_values.h"
#include "engine/measures/weight_comparison_values.h"
#include "engine/runs/run_record.h"
#include "engine/settings/settings.h"
#include "engine/sweeps/sweep_table.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lora {

/// A run of this process; events of a run that was left are told by it.
struct RunId {
    std::int64_t value = 0;
    auto operator<=>(const RunId&) const = default;
};

/// What the engine is doing. Buttons follow from it by one function.
enum class EngineState {
    Empty,   ///< no model
    Loading, ///< a model, a dataset or a run is being opened
    Ready,   ///< a model is there, no run is active
    Running,
    Paused,   ///< between two steps; the model can be talked to
    Stopping, ///< the step in progress is being dropped, the run saved
    Failed,   ///< the last run stopped by an error; its last good state is kept and can be saved
};

// ---- Commands, from the window to the engine ----

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
/// The adapter in place as a PEFT folder.
struct SaveAdapter {
    std::string folder;
};
/// The prompt to the base model and, if there is an adapter, to the adapted one, token by token in turn.
/// Not while a run is training (pause it first). A generation that is under way is replaced.
struct Generate {
    std::string prompt;
    bool chat = false; ///< as a user's message in the model's chat template; else raw
    std::int64_t max_new_tokens = 128;
    double temperature = 0; ///< 0: the likeliest token
    std::uint64_t seed = 0;
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
    std::string data; ///< empty: energies alone
    std::int64_t max_length = 256;
    std::int64_t batch = 8;
    std::int64_t samples = 0;             ///< the first ones of the dataset; 0: all
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
/// Model and adapter as one Hugging Face folder, which must be new or empty. Blocks until it is written.
struct MergeModel {
    std::string folder;
};
/// The adapter as a GGUF file for llama.cpp. At once.
struct ExportGguf {
    std::string file;
};

using Command =
    std::variant<LoadModel, LoadDataset, StartRun, PauseRun, ContinueRun, StopRun, SaveNow, OpenRun,
        ResumeRun, LoadAdapter, SaveAdapter, Generate, StopGeneration, CompareAdapters, CompareWithWeights,
        AdviseRank, StopAnalysis, SaveTruncated, MergeModel, ExportGguf, StartSweep, ResumeSweep>;

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

// ---- Events, from the engine to the window ----

struct StateChanged {
    EngineState state = EngineState::Empty;
};
/// Of a load that is under way. total 0: not known.
struct Progress {
    std::string what;
    std::int64_t done = 0;
    std::int64_t total = 0;
};
struct ModelLoaded {
    std::shared_ptr<const ModelSummary> model;
    RequestId request = {}; ///< a LoadModel, or what needed the model
};
/// The model that was open had to go before another one could be opened, since memory did not hold both, and
/// that one could not be opened.
struct ModelClosed {};
struct DatasetLoaded {
    std::shared_ptr<const DatasetSummary> train;
    std::shared_ptr<const DatasetSummary> eval; ///< none where there is no second file
    RequestId request = {};
};
/// What stands on the model changed: an adapter that was loaded or newly made by a run, the weights that full
/// fine-tuning or a subspace gave, or (empty name) nothing.
struct AdapterChanged {
    std::string name;                 ///< folder or run; empty: none
    std::vector<std::string> targets; ///< paths of the linears that are changed
    std::int64_t rank = 0;            ///< the largest one; 0 for weights
    double alpha = 0;
    std::int64_t parameters = 0;
    bool weights = false; ///< the model's own weights are other ones; there is no adapter beside them
};
struct RunStarted {
    RunId run;
    std::string folder;
    RunSettings settings;
    std::int64_t total_steps = 0;
    std::int64_t first_step = 1;             ///< above 1 for a resumed run
    std::shared_ptr<const RunRecord> before; ///< what a resumed run had done; none for a new one
    bool resumed = false;
};
struct StepDone {
    RunId run;
    StepRecord record;
    std::int64_t total_steps = 0;
    double seconds = 0;            ///< of this step
    double seconds_left = 0;       ///< to the end of the run, by the steps so far
    std::int64_t memory_bytes = 0; ///< resident set of the process, or the GPU's allocated bytes
    std::int64_t peak_memory_bytes = 0;
    Profile profile = {}; ///< of this process's part of the run so far
};
struct EvaluationDone {
    RunId run;
    EvaluationRecord record;
};
struct SpectraDone {
    RunId run; ///< 0 for a loaded adapter
    std::shared_ptr<const SpectraOfStep> spectra;
};
/// Something in the run's numbers that does not look healthy; each kind comes once.
struct AlarmRaised {
    RunId run;
    Alarm alarm;
};
struct CheckpointSaved {
    RunId run;
    std::int64_t step = 0;
    std::string folder;
};
/// The run is over: all steps done, or stopped by the user. The adapter is saved in `adapter`.
struct RunEnded {
    RunId run;
    bool finished = false; ///< all steps done
    std::int64_t step = 0;
    std::string adapter;
};
struct RunOpened {
    std::shared_ptr<const RunRecord> record;
    bool model_is_open = true; ///< else it could not be opened, which a Warning says
};
struct AdapterSaved {
    std::string folder;
};
enum class Pane { Base, Adapted };
struct TextGenerated {
    Pane pane = Pane::Base;
    std::string text; ///< the next piece, whole UTF-8 characters
    RequestId request = {};
};
struct GenerationEnded {
    Pane pane = Pane::Base;
    std::int64_t tokens = 0;
    double tokens_per_s = 0;
    RequestId request = {};
};
struct AdaptersCompared {
    std::shared_ptr<const AdapterComparison> comparison;
    RequestId request = {};
};
/// How far what goes on step by step is. It ends with WeightsCompared, RankAdvised or Refused.
struct AnalysisProgress {
    std::string what;
    std::int64_t done = 0;
    std::int64_t total = 0;
    RequestId request = {};
};
enum class AnswerState {
    UnderWay,
    Stopped,  ///< before it was whole; nothing more comes
    Finished, ///< all targets that were asked for
};
/// Comes about sixteen times while targets are done, and at the end.
struct WeightsCompared {
    std::shared_ptr<const WeightComparisons> comparisons;
    AnswerState state = AnswerState::UnderWay;
    RequestId request = {};
};
/// Comes after each rank that was measured, too.
struct RankAdvised {
    std::shared_ptr<const RankAdvice> advice;
    bool finished = false; ///< nothing more comes
    RequestId request = {};
};
struct ModelMerged {
    std::string folder;
    std::int64_t bytes = 0;
    std::vector<std::string> notes; ///< what the user should know
};
struct AdapterExported {
    std::string file;
};
/// A sweep began or ended, or one of its runs did. The runs themselves are told as any run is.
struct SweepChanged {
    std::string folder;
    std::shared_ptr<const SweepTable> table;
    std::optional<std::size_t> current; ///< the run under way
    bool over = false;                  ///< nothing more comes: all is done, or it was stopped
};
/// Something the user should know, the work goes on.
struct Warning {
    std::string text;
};
/// A request could not be done, or not to its end; nothing else changed.
struct Refused {
    Request request;
    Error why;
};
/// The run stopped by an error; the last finished step is kept and saved where it could be.
struct Failed {
    RunId run;
    std::string why;
};

using Event = std::variant<StateChanged, Progress, ModelLoaded, ModelClosed, DatasetLoaded, AdapterChanged,
    RunStarted, StepDone, EvaluationDone, SpectraDone, AlarmRaised, CheckpointSaved, RunEnded, RunOpened,
    AdapterSaved, TextGenerated, GenerationEnded, AdaptersCompared, AnalysisProgress, WeightsCompared,
    RankAdvised, ModelMerged, AdapterExported, SweepChanged, Warning, Refused, Failed>;

} // namespace lora
