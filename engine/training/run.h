#pragma once
// A run is a thing one steps: advance() does one unit of work and says what came of it. No thread, no
// callback; the worker, the command and the tests call it in their own loops. All of it is also written into
// the run's folder.

#include "engine/adapters/adapter.h"
#include "engine/analysis/weight_norms.h"
#include "engine/architectures/catalog.h"
#include "engine/collectives/rank_group.h"
#include "engine/data/dataset.h"
#include "engine/data/epoch_order.h"
#include "engine/files/events_log.h"
#include "engine/files/store.h"
#include "engine/machine/profile.h"
#include "engine/methods/method.h"
#include "engine/runs/evaluation_watch.h"
#include "engine/runs/result_origin.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_record.h"
#include "engine/settings/settings.h"
#include "engine/training/adamw.h"
#include "engine/training/answering.h"
#include "engine/training/batch.h"
#include "engine/training/evaluation.h"
#include "engine/training/recorded_micro_batches.h"
#include "engine/training/resume_wish.h"
#include "engine/training/step_sums.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace lora {

/// The loss or a gradient is not a number: the step was not taken, the adapter is the last finished step's.
class NotFinite : public Error {
public:
    using Error::Error;
};

struct CheckpointRecord {
    std::int64_t step = 0;
    std::string folder;
    bool best = false; ///< of the best evaluation so far
};
/// The run is over; its adapter is saved.
struct EndRecord {
    std::int64_t step = 0;
    std::string adapter; ///< the result's folder, whatever the method
    RunEnd end = RunEnd::Stopped;
    std::optional<BestCheckpoint> best = {}; ///< where a later evaluation was not as good
};
using RunEvent = std::variant<StepRecord, EvaluationRecord, std::shared_ptr<const SpectraOfStep>,
    CheckpointRecord, EndRecord, AnswersRecord>;

class Run {
public:
    using Clock = std::chrono::steady_clock;

    /// A new run in `folder`, which must be new or empty; the model gets the run's adapter. Datasets are read
    /// here. Throws Error for settings out of range, faults of the files, an adapter or targets that do not
    /// fit the model, and for ranks that do not see the same.
    /// `ranks`: those that train together, each with a Run of its own that makes the same calls; null: this
    /// process alone. The folder and all that is written there is rank 0's. `progress`: of the data's
    /// reading.
    static std::unique_ptr<Run> start(const RunSettings& settings, const std::string& folder,
        LoadedModel& loaded, const std::stop_token& stop = {}, std::shared_ptr<RankGroup> ranks = nullptr,
        const ReadProgress& progress = {});

    /// Goes on from the folder's last whole checkpoint (from the beginning if there is none yet); later
    /// events are cut. What `wish` changes is written into run.json. Throws Error if the folder holds no run,
    /// another process works on it, or its files have changed since (InputsChanged). Every rank reads the
    /// folder; how many they were before does not matter.
    static std::unique_ptr<Run> resume(const std::string& folder, LoadedModel& loaded,
        const std::stop_token& stop = {}, const ResumeWish& wish = {},
        std::shared_ptr<RankGroup> ranks = nullptr, const ReadProgress& progress = {});

    /// The next unit of work: an optimizer step, a token of an answer, a batch of an evaluation, spectra, a
    /// checkpoint, the end. Gives what came of it; nothing while answers or an evaluation are under way, or
    /// where `stop` dropped the step or the spectra. With other ranks, what any rank's `stop` dropped, all of
    /// them dropped: has_stopped() says so.
    /// Where memory does not suffice for a step, batches are cut into twice as many micro-batches from then
    /// on and the step begun again: run.json gets the new number, notes() says so. Throws NotFinite,
    /// DiskFull, RankLost or Error; the state is then that of the last finished step.
    std::optional<RunEvent> advance(const std::stop_token& stop = {});
    /// Whether the end has come and advance() has nothing left to do.
    bool is_over() const { return over_; }
    /// Whether the ranks have agreed to stop, as one of them was told to; they do nothing together any more.
    bool has_stopped() const { return stopped_; }
    const RankGroup& ranks() const { return *ranks_; }

    /// Checkpoint and adapter of the last finished step, now, by rank 0. Throws DiskFull or Error.
    CheckpointRecord save();
    /// The spectra of the last finished step, now; null where `stop` came between.
    std::shared_ptr<const SpectraOfStep> measure(const std::stop_token& stop = {});
    /// The clock that checkpoints by time follow, in place of the system's.
    void keep_time_by(std::function<Clock::time_point()> clock);
    /// Ends the run here: save() and the end's event.
    EndRecord end();

    const std::string& folder() const { return folder_; }
    const RunSettings& settings() const { return settings_; }
    std::int64_t steps_done() const { return steps_done_; }
    std::int64_t total_steps() const { return total_steps_; }
    /// Where the time of this process's part of the run went; the model's load is not in it.
    const Profile& profile() const { return profile_; }
    const Adapter& adapter() const { return method_->adapter(); }
    at::Device device() const { return loaded_.model->device(); }
    const Dataset& train_set() const { return data_.train; }
    const std::optional<Dataset>& eval_set() const { return data_.eval; }
    /// What a resume found damaged or changed and how it goes on all the same, and what a step changed for
    /// lack of memory, a sentence each.
    const std::vector<std::string>& notes() const { return notes_; }
    /// Of the result as it stands.
    ResultOrigin origin() const;

private:
    enum class Task { Answer, Evaluate, Measure, Save, End };

    Run(RunSettings settings, std::string folder, LoadedModel& loaded, std::optional<FolderLock> lock,
        std::unique_ptr<Method> method, TrainAndEval data, Answering answering,
        std::shared_ptr<RankGroup> ranks);

    /// A step's samples, and how many of them are in each place of the batch and those before it: one sample
    /// each, or a pack.
    struct StepSamples {
        std::vector<Example> examples;
        std::vector<std::size_t> ends;
    };
    StepSamples batch_of(std::int64_t step);
    std::optional<StepRecord> step(const std::stop_token& stop);
    Batch batch_tensors(const std::vector<const Example*>& examples, const Pass& pass);
    Pass pass_of(std::size_t micro_batch);
    void say_if_nothing_is_recorded();
    void drop_gradients();
    StepSums gradients_of(const StepSamples& batch, const std::stop_token& stop);
    std::optional<std::string> try_gradients(
        const StepSamples& batch, const std::stop_token& stop, StepSums& own);
    void cut_smaller(const StepSamples& batch, const std::string& lack);
    at::Tensor accumulate_gradients(const StepSamples& batch, const std::stop_token& stop);
    StepRecord take_step(const at::Tensor& loss_there, const std::vector<const Example*>& batch);
    void check_folder();
    void need_folder() const;
    void check_finite(double loss, double gradient_norm, const std::vector<const Example*>& batch) const;
    bool checkpoint_is_due();
    void plan_tasks_after_step();
    void take_evaluation(const EvaluationRecord& record);
    std::optional<AnswersRecord> answer(const std::stop_token& stop);
    std::optional<EvaluationRecord> evaluate();
    std::optional<BestCheckpoint> better_than_last() const;
    std::optional<RunEvent> work_on(Task task, const std::stop_token& stop);
    bool agreed_to_stop(const std::stop_token& stop);
    void log(const Json& event);
    std::size_t measured_linears();
    void go_on_from(const Checkpoint& checkpoint);

    RunSettings settings_;
    std::string folder_;
    LoadedModel& loaded_;
    std::optional<FolderLock> lock_; ///< rank 0's, as is events_
    std::unique_ptr<Method> method_;
    AdamW optimizer_;
    RecordedMicroBatches micro_batches_;
    TrainAndEval data_;
    std::optional<EventsLog> events_;
    std::int64_t total_steps_ = 0;
    EpochOrder order_;
    std::int64_t steps_done_ = 0;
    std::deque<Task> tasks_;
    Answering answering_;
    std::optional<Evaluation> evaluation_; ///< under way
    EvaluationWatch evaluations_;          ///< that were done
    std::optional<EvaluationRecord> last_evaluation_;
    bool over_ = false;
    std::vector<std::string> notes_;
    Clock::time_point folder_seen_ = Clock::now(); ///< when the run's folder was last looked for
    std::function<Clock::time_point()> now_ = Clock::now;
    Clock::time_point saved_at_ = Clock::now(); ///< the last checkpoint, or this process's beginning
    Profile profile_;
    WeightNorms weight_norms_;
    std::shared_ptr<RankGroup> ranks_;
    bool stopped_ = false;
};

} // namespace lora
