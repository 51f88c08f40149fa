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
#include "engine/survey/counts.h"
#include "engine/survey/readable_row.h"
#include "engine/sweeps/sweep_table.h"
#include "engine/worker/commands.h"

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
/// The model that was open is open no more.
struct ModelClosed {
    /// A sentence. Empty: it had to go before another one could be opened, since memory did not hold both,
    /// and that one could not be opened.
    std::string why = {};
};
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
    std::optional<std::int64_t> step = {}; ///< of its training, where its folder tells it
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
/// What the run answered at an evaluation.
struct AnswersGiven {
    RunId run;
    std::shared_ptr<const AnswersRecord> record;
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
    bool best = false; ///< of the best evaluation so far
};
/// The run is over. The result is saved in `adapter`.
struct RunEnded {
    RunId run;
    bool finished = false; ///< nothing more is to be done
    std::int64_t step = 0;
    std::string adapter;
    RunEnd end = RunEnd::Stopped;
    std::optional<BestCheckpoint> best = {}; ///< where a later evaluation was not as good
};
struct RunOpened {
    std::shared_ptr<const RunRecord> record;
    bool model_is_open = true; ///< else it could not be opened, which a Warning says
    bool best = false;         ///< as OpenRun::best
};
struct AdapterSaved {
    std::string folder;
};
/// Who answers: the base, what stands on the model, and from 2 on Generate::beside in its order.
inline constexpr std::int64_t base_pane = 0, adapted_pane = 1, first_pane_beside = 2;
/// How likely a token was by the model's own scores: before temperature, penalty and what else chooses.
struct TokenChance {
    std::string token; ///< as text
    double probability = 0;
};
struct SaidToken {
    TokenChance said;
    std::vector<TokenChance> likeliest; ///< descending
};
struct TextGenerated {
    std::int64_t pane = base_pane;
    std::string text;              ///< the next piece, whole UTF-8 characters
    std::vector<SaidToken> tokens; ///< that it came with
    RequestId request = {};
};
struct GenerationEnded {
    std::int64_t pane = base_pane;
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
    std::string path; ///< the folder or file
    std::int64_t bytes = 0;
    std::vector<std::string> notes; ///< what the user should know
};
struct AdapterExported {
    std::string file;
};
/// Comes about four times a second while rows are counted, and at the end.
struct DataSurveyed {
    std::shared_ptr<const SurveyCounts> counts; ///< so far; null where the file could not be opened at all
    AnswerState state = AnswerState::UnderWay;
    double done = 0;        ///< from 0 to 1; 0: not known
    std::string fault;      ///< why it ended before the end; empty: it did not
    RequestId request = {}; ///< the SurveyData
};
/// A row of the survey among those around it.
struct RowShown {
    std::shared_ptr<const ReadableRow> row;             ///< null: there is none that was looked for
    std::shared_ptr<const std::vector<RowHead>> around; ///< a block of 50 rows
    std::string fault;                                  ///< why it cannot be read; empty: it can
    RequestId request = {};                             ///< the ShowRow
};
/// How far a search for words is.
struct RowSought {
    std::int64_t done = 0;
    std::int64_t total = 0;
    RequestId request = {};
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

/// What the engine has to run on, once it has looked; the first that it tells.
struct DevicesFound {
    Devices devices;
};

using Event = std::variant<StateChanged, Progress, ModelLoaded, ModelClosed, DatasetLoaded, AdapterChanged,
    RunStarted, StepDone, EvaluationDone, SpectraDone, AlarmRaised, CheckpointSaved, RunEnded, RunOpened,
    AdapterSaved, TextGenerated, GenerationEnded, AdaptersCompared, AnalysisProgress, WeightsCompared,
    RankAdvised, ModelMerged, AdapterExported, SweepChanged, Warning, Refused, Failed, DataSurveyed, RowShown,
    RowSought, AnswersGiven, DevicesFound>;

} // namespace lora
