#include "engine/training/run.h"

#include "engine/analysis/spectrum.h"
#include "engine/data/order.h"
#include "engine/error.h"
#include "engine/files/mapping_guard.h"
#include "engine/ranks/share.h"
#include "engine/runs/run_events.h"
#include "engine/training/checkpoint.h"
#include "engine/training/schedule.h"
#include "engine/training/weight_spectra.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <numeric>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace lora {

namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// One for each micro-batch, from the run's seed and the step alone: a resume needs no generator's state.
std::uint64_t dropout_seed(std::uint64_t seed, std::int64_t step, std::size_t micro_batch) {
    return mixed(mixed(seed, static_cast<std::uint64_t>(step)), micro_batch);
}

at::Generator dropout_generator(
    std::uint64_t seed, std::int64_t step, std::size_t micro_batch, const at::Device& device) {
    const std::uint64_t bits = dropout_seed(seed, step, micro_batch);
    at::Generator generator = at::globalContext().defaultGenerator(device).clone();
    generator.set_current_seed(bits);
    return generator;
}

// Both numbers in one copy, since it waits until the GPU has done all that was queued before.
// They are checked before the optimizer changes anything.
std::pair<double, double> read_both(const at::Tensor& loss, const at::Tensor& norm) {
    const at::Tensor both = at::stack({loss, norm.to(at::kDouble)}).cpu();
    const double* const values = both.const_data_ptr<double>();
    return {values[0], values[1]};
}

std::int64_t tokens_of(const std::vector<const Example*>& examples) {
    return std::accumulate(
        examples.begin(), examples.end(), std::int64_t{0}, [](std::int64_t sum, const Example* example) {
            return sum + static_cast<std::int64_t>(example->ids.size());
        });
}

bool due(std::int64_t every, std::int64_t step) { return every > 0 && step % every == 0; }

const char* words(double not_finite) { return std::isnan(not_finite) ? "NaN" : "infinite"; }

std::string lines_of(const std::vector<const Example*>& batch) {
    constexpr std::size_t limit = 16;
    std::string lines;
    for (std::size_t i = 0; i < std::min(limit, batch.size()); ++i)
        lines += (i ? ", " : "") + std::to_string(batch[i]->line);
    return batch.size() > limit ? lines + ", …" : lines;
}

} // namespace

Run::StepSamples Run::batch_of(std::int64_t step) {
    const auto batch = static_cast<std::size_t>(settings_.training.batch);
    const std::size_t steps_an_epoch = (order_.places() + batch - 1) / batch;
    const auto index = static_cast<std::size_t>(step - 1);
    const std::size_t begin = index % steps_an_epoch * batch;
    StepSamples chosen;
    for (const auto& place : order_.at(index / steps_an_epoch, begin, begin + batch)) {
        for (const std::size_t sample : place) chosen.examples.push_back(data_.train.examples[sample]);
        chosen.ends.push_back(chosen.examples.size());
    }
    return chosen;
}

Batch Run::batch_tensors(const std::vector<const Example*>& examples, const Pass& pass) {
    const Timed timed(&profile_, Phase::Batch);
    const at::Device device = loaded_.model->device();
    return micro_batches_.records(pass, tokens_of(examples)) ? make_filled_batch(examples, device)
                                                             : make_batch(examples, device);
}

Pass Run::pass_of(std::size_t micro_batch) {
    Pass pass;
    pass.training = true;
    pass.fused = method_->trained_weights() == nullptr; // the kernels form no gradients of weights
    pass.gradient_checkpointing = settings_.training.gradient_checkpointing;
    pass.activation_offload = settings_.training.activation_offload;
    pass.profile = &profile_;
    if (settings_.lora.dropout > 0)
        pass.generator =
            dropout_generator(settings_.training.seed, steps_done_ + 1, micro_batch, loaded_.model->device());
    pass.seed = dropout_seed(settings_.training.seed, steps_done_ + 1, micro_batch);
    return pass;
}

// Adds up the gradient of the batch's mean loss, one micro-batch after the other, and gives that loss,
// float64 [] on the device; of both, this rank's share. If `stop` comes in between, they are incomplete and
// must be dropped.
at::Tensor Run::accumulate_gradients(const StepSamples& batch, const std::stop_token& stop) {
    const std::vector<const Example*> all = pointers_to(batch.examples);
    const std::int64_t learned = std::accumulate(all.begin(), all.end(), std::int64_t{0},
        [](std::int64_t sum, const Example* example) { return sum + example->loss_terms(); });
    const MicroBatchWeight weight{1 / static_cast<double>(learned),
        at::zeros({}, at::TensorOptions(at::kDouble).device(loaded_.model->device()))};
    const auto accumulate = static_cast<std::size_t>(settings_.training.accumulate);
    const auto before = [&](std::size_t place) {
        return all.begin() + static_cast<std::ptrdiff_t>(place == 0 ? 0 : batch.ends[place - 1]);
    };
    for (const BatchPart& part :
        share_of_batch(batch.ends.size(), accumulate, ranks_->rank(), ranks_->size())) {
        if (stop.stop_requested()) break;
        const Pass pass = pass_of(part.number);
        micro_batches_.add(batch_tensors({before(part.begin), before(part.end)}, pass), pass, weight);
    }
    say_if_nothing_is_recorded();
    return weight.total;
}

void Run::say_if_nothing_is_recorded() {
    if (const auto why = micro_batches_.take_refusal())
        log(warning_event("CUDA graphs: the step could not be recorded, so each is queued anew: " + *why));
}

void Run::check_finite(double loss, double gradient_norm, const std::vector<const Example*>& batch) const {
    if (std::isfinite(loss) && std::isfinite(gradient_norm)) return;
    const char* what = std::isfinite(loss) ? "the gradient" : "the loss";
    const double value = std::isfinite(loss) ? gradient_norm : loss;
    throw NotFinite("step " + std::to_string(steps_done_ + 1) + ": " + what + " is " + words(value)
                    + "; the batch holds " + (data_.train.summary.has_lines ? "lines " : "rows ")
                    + lines_of(batch) + " of " + settings_.data.train
                    + ". The step was not taken; the adapter is that of step " + std::to_string(steps_done_)
                    + ". Try a lower learning rate, or float32");
}

std::optional<StepRecord> Run::step(const std::stop_token& stop) {
    const auto begin = Clock::now();
    const double measured_before = profile_.seconds();
    const StepSamples batch = batch_of(steps_done_ + 1);
    const StepSums sums = gradients_of(batch, stop);
    if (sums.stop) {
        stopped_ = !ranks_->is_alone();
        drop_gradients();
        return std::nullopt;
    }
    const std::vector<const Example*> samples = pointers_to(batch.examples);
    StepRecord record = take_step(sums.loss, samples);
    record.tokens = tokens_of(samples);
    const double seconds = seconds_since(begin);
    record.tokens_per_s = static_cast<double>(record.tokens) / seconds;
    profile_.add(Phase::Other, seconds - (profile_.seconds() - measured_before));
    log(step_event(record));
    return record;
}

void Run::drop_gradients() {
    method_->drop_gradients();
    optimizer_.clear_gradients();
}

// The optimizer's part, from the gradient that has been added up and collected.
StepRecord Run::take_step(const at::Tensor& loss_there, const std::vector<const Example*>& batch) {
    const Timed timed(&profile_, Phase::Optimizer);
    method_->regularize();
    const auto [loss, norm] = read_both(loss_there, optimizer_.gradient_norm());
    check_finite(loss, norm, batch);
    const TrainingSettings& training = settings_.training;
    const double lr =
        training.lr
        * schedule_factor(training.schedule, steps_done_, warmup_steps(training, total_steps_), total_steps_);
    optimizer_.clip(norm, training.clip);
    optimizer_.step(lr);
    ++steps_done_;
    method_->after_step(steps_done_, total_steps_);
    method_->apply();
    return {.step = steps_done_, .loss = loss, .lr = lr, .grad_norm = norm};
}

bool Run::checkpoint_is_due() {
    const TrainingSettings& training = settings_.training;
    if (due(training.checkpoint_every, steps_done_)) return true;
    const std::chrono::minutes longest(training.checkpoint_minutes);
    // No two ranks' clocks are alike.
    return longest.count() > 0 && any_rank(*ranks_, now_() - saved_at_ >= longest);
}

void Run::keep_time_by(std::function<Clock::time_point()> clock) {
    now_ = std::move(clock);
    saved_at_ = now_();
}

void Run::plan_tasks_after_step() {
    const TrainingSettings& training = settings_.training;
    const bool last = steps_done_ == total_steps_;
    if (last || due(training.spectrum_every, steps_done_)) tasks_.push_back(Task::Measure);
    const bool evaluates = last || due(training.eval_every, steps_done_);
    if (evaluates && answering_.has_questions()) tasks_.push_back(Task::Answer);
    if (evaluates && data_.eval) tasks_.push_back(Task::Evaluate);
    if (!last && checkpoint_is_due()) tasks_.push_back(Task::Save);
    if (last) tasks_.push_back(Task::End);
}

// What is written to a file that was deleted goes nowhere, without a word from the system.
void Run::check_folder() {
    constexpr std::chrono::seconds apart(1);
    if (!ranks_->leads() || Clock::now() - folder_seen_ < apart) return;
    folder_seen_ = Clock::now();
    need_folder();
}

void Run::need_folder() const {
    std::error_code failure;
    if (!std::filesystem::exists(settings_path(folder_), failure))
        fail(folder_, "no run.json any more", "the run's folder as it was made",
            "it was moved or deleted; the step so far is in memory");
}

std::optional<RunEvent> Run::advance(const std::stop_token& stop) {
    if (over_) return std::nullopt;
    check_folder();
    if (!tasks_.empty()) {
        if (agreed_to_stop(stop)) return std::nullopt;
        const Task task = tasks_.front();
        std::optional<RunEvent> event = work_on(task, stop);
        // The ranks must go on alike: spectra and answers are rank 0's work, and where a stop cuts them
        // short, all leave them.
        const bool one_works = task == Task::Measure || task == Task::Answer;
        if (event || (one_works && !ranks_->is_alone())) tasks_.pop_front();
        return event;
    }
    std::optional<StepRecord> record = step(stop);
    if (!record) return std::nullopt;
    plan_tasks_after_step();
    return *record;
}

std::optional<RunEvent> Run::work_on(Task task, const std::stop_token& stop) {
    switch (task) {
    case Task::Measure: {
        auto spectra = measure(stop);
        return spectra ? std::optional<RunEvent>(std::move(spectra)) : std::nullopt;
    }
    case Task::Answer: {
        auto answers = answer(stop);
        return answers ? std::optional<RunEvent>(std::move(*answers)) : std::nullopt;
    }
    case Task::Save: return save();
    case Task::End: return end();
    case Task::Evaluate: break;
    }
    const std::optional<EvaluationRecord> record = evaluate();
    if (!record) return std::nullopt;
    take_evaluation(*record);
    return *record;
}

// Before what is no step; a step asks in its own sum.
bool Run::agreed_to_stop(const std::stop_token& stop) {
    if (!ranks_->is_alone()) stopped_ = any_rank(*ranks_, stop.stop_requested());
    return stopped_;
}

void Run::log(const Json& event) {
    if (events_) events_->append(event);
}

std::optional<EvaluationRecord> Run::evaluate() {
    const Timed timed(&profile_, Phase::Evaluation);
    if (!evaluation_)
        evaluation_.emplace(*loaded_.model, data_.eval->examples, settings_.training.batch, ranks_.get());
    std::optional<EvaluationRecord> record = evaluation_->advance(steps_done_);
    if (!record) return std::nullopt;
    evaluation_.reset();
    need_unchanged_files();
    if (!std::isfinite(record->loss))
        throw NotFinite("the evaluation after step " + std::to_string(steps_done_) + ": the loss is "
                        + words(record->loss) + ". The adapter is that of step " + std::to_string(steps_done_)
                        + ". Try a lower learning rate, or float32");
    log(evaluation_event(*record));
    return record;
}

// The best so far is kept, also where no checkpoint is due.
void Run::take_evaluation(const EvaluationRecord& record) {
    last_evaluation_ = record;
    const bool best = evaluations_.add(record);
    const auto after = tasks_.begin() + 1; // the evaluation is still the first of them
    const bool is_saved = std::find_if(after, tasks_.end(), [](Task task) {
        return task == Task::Save || task == Task::End;
    }) != tasks_.end();
    if (best && !is_saved) tasks_.insert(after, Task::Save);
    if (evaluations_.is_out_of(settings_.training.patience) && steps_done_ < total_steps_) {
        tasks_.resize(1);
        if (!due(settings_.training.spectrum_every, steps_done_)) tasks_.push_back(Task::Measure);
        tasks_.push_back(Task::End);
    }
}

ResultOrigin Run::origin() const {
    ResultOrigin origin{std::filesystem::path(folder_).filename().string(), steps_done_};
    if (last_evaluation_ && last_evaluation_->step == steps_done_)
        origin.evaluation_loss = last_evaluation_->loss;
    return origin;
}

std::optional<BestCheckpoint> Run::better_than_last() const {
    const auto& best = evaluations_.best();
    if (!best || best->step == last_evaluation_->step) return std::nullopt;
    std::string folder = checkpoint_path(folder_, best->step);
    std::error_code failure;
    if (!std::filesystem::exists(folder, failure)) return std::nullopt;
    return BestCheckpoint{best->step, best->loss, std::move(folder)};
}

std::size_t Run::measured_linears() {
    const TrainedWeights* weights = method_->trained_weights();
    return weights ? weights->matrices().size() : adapter().targets.size();
}

std::shared_ptr<const SpectraOfStep> Run::measure(const std::stop_token& stop) {
    if (!ranks_->leads()) return nullptr;
    const Timed timed(&profile_, Phase::Spectra);
    const auto begin = Clock::now();
    auto result = std::make_shared<SpectraOfStep>();
    result->step = steps_done_;
    if (const TrainedWeights* weights = method_->trained_weights()) {
        auto spectra = weight_spectra(*weights, stop);
        if (!spectra) return nullptr;
        result->spectra = std::move(*spectra);
    } else {
        result->spectra = spectra(method_->adapter(), *loaded_.model);
        weight_norms_.relate(result->spectra, *loaded_.model);
    }
    need_unchanged_files();
    result->seconds = seconds_since(begin);
    for (const Spectrum& spectrum : result->spectra) log(spectrum_event(steps_done_, spectrum));
    return result;
}

CheckpointRecord Run::save() {
    if (!ranks_->leads()) {
        saved_at_ = now_();
        return {steps_done_, checkpoint_path(folder_, steps_done_)};
    }
    need_folder();
    const Timed timed(&profile_, Phase::Checkpoint);
    const auto& best = evaluations_.best();
    const std::optional<std::int64_t> kept = best ? std::optional(best->step) : std::nullopt;
    CheckpointRecord record{steps_done_,
        write_checkpoint(folder_, origin(), kept, *method_, optimizer_, loaded_.summary),
        kept == steps_done_};
    StagedFolder result(result_path(folder_, settings_.method));
    method_->write_files(result, loaded_.summary);
    const auto [name, contents] = file_of(origin());
    result.write(name, contents);
    result.commit();
    log(checkpoint_event(steps_done_, record.best));
    saved_at_ = now_();
    return record;
}

EndRecord Run::end() {
    save();
    over_ = true;
    // Stopped in front of the last spectra or evaluation, the run can still be gone on with.
    const bool was_last = tasks_.size() == 1 && tasks_.front() == Task::End;
    const RunEnd last = steps_done_ == total_steps_ ? RunEnd::AllSteps : RunEnd::NoGain;
    EndRecord record{steps_done_, result_path(folder_, settings_.method), was_last ? last : RunEnd::Stopped,
        better_than_last()};
    log(done_event(record.step, record.adapter, record.end, record.best));
    return record;
}

} // namespace lora
