// How a run comes to be: new in an empty folder, or going on from a checkpoint.

#include "engine/adapters/peft.h"
#include "engine/adapters/tokens_in_place.h"
#include "engine/devices/memory.h"
#include "engine/error.h"
#include "engine/files/new_folder.h"
#include "engine/files/staging.h"
#include "engine/hub/hub_cache.h"
#include "engine/methods/catalog.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"
#include "engine/settings/run_steps.h"
#include "engine/targets/targets.h"
#include "engine/targets/weight_selection.h"
#include "engine/training/agreement.h"
#include "engine/training/checkpoint.h"
#include "engine/training/classes.h"
#include "engine/training/eva_batches.h"
#include "engine/training/run.h"
#include "engine/training/run_changes.h"
#include "engine/training/run_inputs.h"
#include "engine/training/token_start.h"

#include <filesystem>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace fs = std::filesystem;

namespace {

std::string absolute(const std::string& path) {
    return path.empty() ? path : fs::absolute(path).lexically_normal().string();
}

RunSettings with_absolute_paths(RunSettings settings) {
    // The snapshot, which stays the same when the name gets a newer one.
    settings.model = local_model(settings.model);
    for (std::string* path :
        {&settings.model, &settings.data.train, &settings.data.eval, &settings.lora.adapter})
        *path = absolute(*path);
    return settings;
}

void refuse_offload_without_a_gpu(const TrainingSettings& training, const LoadedModel& loaded) {
    if (training.activation_offload && loaded.model->device().is_cpu())
        fail("{training.activation_offload}", "a run on the CPU", "one on a GPU",
            "on the CPU the activations are in the host's memory already");
}

// A run that was killed before it wrote run.json leaves its lock, and events that say nothing.
bool says_nothing(const fs::path& left) {
    std::error_code failure;
    const std::string name = left.filename().string();
    return name == ".lock" || is_left_over(name)
           || (left == events_path(left.parent_path().string()) && fs::file_size(left, failure) == 0);
}

/// A new run's folder, claimed before the long work begins so that one that is taken is told at once. A start
/// that fails leaves no folder that was not there before.
class NewFolder {
public:
    explicit NewFolder(std::string folder) : folder_(std::move(folder)) {
        std::error_code failure;
        was_there_ = fs::exists(folder_, failure);
        make_new_folder(folder_, "run", says_nothing);
        lock_.emplace(folder_);
    }
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;
    ~NewFolder() {
        if (!lock_ || was_there_) return;
        lock_.reset();
        std::error_code failure; // what else lies there by now stays, and the folder with it
        fs::remove(fs::path(folder_) / ".lock", failure);
        fs::remove(folder_, failure);
    }
    /// The claim goes over to the run.
    FolderLock take() {
        FolderLock lock = std::move(*lock_);
        lock_.reset();
        return lock;
    }

private:
    std::string folder_;
    bool was_there_ = false;
    std::optional<FolderLock> lock_;
};

std::int64_t trainable_parameters(const Method& method) {
    std::int64_t count = 0;
    for (const ParameterGroup& group : method.parameters()) count += group.values.numel();
    return count;
}

std::int64_t head_parameters(const Method& method) {
    const auto& head = method.adapter().head;
    return head ? head->parameters() : 0;
}

void write_run_file(const std::string& folder, const RunSettings& settings, std::int64_t total_steps,
    const Method& method, const DatasetSummary& data, const std::string& model_path) {
    Json run{{"version", LORA_VERSION}, {"settings", to_json(settings)}, {"total_steps", total_steps},
        {"trainable_parameters", trainable_parameters(method)}, {"head_parameters", head_parameters(method)},
        {"model", described_model(model_path)}, {"data", described_data(settings.data)}};
    if (!data.labels.empty()) {
        run["labels"] = data.labels;
        run["problem_type"] = name(data.problem);
    }
    if (data.packing.packs > 0) run["packing"] = {{"packs", data.packing.packs}, {"fill", data.packing.fill}};
    write_file(settings_path(folder), run.dump(2) + "\n");
}

/// Gives what a damaged line made it cut beyond that, in words.
std::vector<std::string> cut_events(const std::string& folder, const std::optional<Checkpoint>& checkpoint) {
    const std::string fault = keep_events(events_path(folder), [&](const Json& event) {
        const EventKind kind = kind_of(event);
        if (kind == EventKind::Done || kind == EventKind::Error) return false;
        const auto step = step_of(event);
        return !step || (checkpoint && *step <= checkpoint->step);
    });
    if (fault.empty()) return {};
    return {fault
            + ". What followed in that file was cut: the run's curves have a gap, the run itself has none."};
}

/// Takes what an interruption left out of a run's way; gives what of it is to be told.
std::vector<std::string> tidied(const std::string& place) {
    remove_left_overs(place);
    remove_left_overs(place + "/checkpoints");
    return set_damaged_checkpoints_aside(place);
}

Adapter adapter_to_begin_with(const RunSettings& settings, LoadedModel& loaded) {
    const LoraSettings& lora = settings.lora;
    if (trains_weights(settings.method)) return {};
    if (lora.adapter.empty())
        return make_adapter(*loaded.model, select_targets(loaded.summary.linears, lora.selection), lora,
            settings.training.seed);
    Adapter adapter = with_widths_of(*loaded.model, read_peft(lora.adapter, loaded.model->device()));
    for (auto& target : adapter.targets) target.update.dropout = lora.dropout;
    return adapter;
}

Adapter first_adapter(const RunSettings& settings, LoadedModel& loaded) {
    if (loaded.model->has_token_rows()) detach(loaded); // new tokens follow the model's own
    Adapter adapter = adapter_to_begin_with(settings, loaded);
    give_new_tokens(adapter, settings.tokens, loaded);
    return adapter;
}

// A classifier learns a head for the labels of its data, or goes on with the adapter's or the model's own.
void give_head(
    Adapter& adapter, const DatasetSummary& data, const RunSettings& settings, LoadedModel& loaded) {
    if (loaded.model->task() != Task::Classification) return;
    if (adapter.head)
        name_labels(*adapter.head, data.labels, data.path);
    else
        adapter.head =
            first_head(*loaded.model, loaded.summary.hidden_size, data.labels, settings.training.seed);
    adapter.head->problem = data.problem;
}

std::vector<std::string> weights_of(const RunSettings& settings, LoadedModel& loaded) {
    if (!trains_weights(settings.method)) return {};
    if (!selects_everything(settings.lora.selection))
        return selected_matrices(loaded.summary.linears, settings.lora.selection);
    std::vector<std::string> names;
    for (const NamedParameter& parameter : loaded.model->named_parameters()) names.push_back(parameter.path);
    return names;
}

std::unique_ptr<Method> method_of(const RunSettings& settings, Adapter adapter, bool resumed,
    const Dataset& data, LoadedModel& loaded, const std::stop_token& stop) {
    if (settings.method == MethodKind::RsLora && !settings.lora.adapter.empty() && !adapter.use_rslora)
        fail(settings.lora.adapter, "an adapter with the scale α/r", "one with α/√r for the method rslora",
            "its updates would change size; go on with the method lora");
    adapter = in_order_of(*loaded.model, std::move(adapter));
    if (settings.method == MethodKind::Eva && !resumed)
        adapter = explained_start(std::move(adapter), settings, *loaded.model, data, stop);
    return make_method({settings.method, settings.method_settings, std::move(adapter), settings.training.seed,
                           resumed, weights_of(settings, loaded), settings.subspace, settings.lora.rank,
                           steps_of(settings.training, data.summary.places())},
        *loaded.model);
}

/// Takes the settings over that a resume is to go on with, and gives what it changes.
RunChanges take_wish(
    const ResumeWish& wish, RunSettings& settings, const std::string& place, const LoadedModel& loaded) {
    RunChanges changes;
    if (wish.settings) {
        changes.settings = changes_on_resume(settings, *wish.settings);
        settings = *wish.settings;
    }
    refuse(faults(settings));
    const std::string path = settings_path(place);
    changes.inputs = changed_inputs(read_json(path), path, loaded.summary.path);
    if (!wish.other_files) refuse(changes.inputs);
    return changes;
}

TrainAndEval timed_datasets(const RunSettings& settings, const LoadedModel& loaded, const Goal& goal,
    Profile& profile, const std::stop_token& stop, const ReadProgress& progress) {
    const Timed timed(&profile, Phase::Dataset);
    return load_datasets(settings.data, loaded.tokenizer, stop, goal, progress);
}

} // namespace

Run::Run(RunSettings settings, std::string folder, LoadedModel& loaded, std::optional<FolderLock> lock,
    std::unique_ptr<Method> method, TrainAndEval data, Answering answering, std::shared_ptr<RankGroup> ranks)
    : settings_(std::move(settings)), folder_(std::move(folder)), loaded_(loaded), lock_(std::move(lock)),
      method_(std::move(method)), optimizer_(method_->parameters(), settings_.training.weight_decay),
      micro_batches_(*loaded_.model, loaded_.summary.parameters,
          settings_.training.cuda_graphs ? make_recorder(loaded_.model->device()) : nullptr),
      data_(std::move(data)), total_steps_(steps_of(settings_.training, data_.train.summary.places())),
      order_(data_.train.examples, settings_.data.packing ? settings_.data.max_length : 0,
          settings_.data.shuffle, settings_.training.seed),
      answering_(std::move(answering)), ranks_(std::move(ranks)) {
    if (ranks_->leads()) events_.emplace(events_path(folder_));
    forget_memory_peak(loaded_.model->device());
    if (answering_.has_questions()) tasks_.push_back(Task::Answer);
    if (data_.eval) tasks_.push_back(Task::Evaluate);
}

std::unique_ptr<Run> Run::start(const RunSettings& settings, const std::string& folder, LoadedModel& loaded,
    const std::stop_token& stop, std::shared_ptr<RankGroup> ranks, const ReadProgress& progress) {
    if (!ranks) ranks = lone_rank();
    refuse(faults(settings));
    refuse_offload_without_a_gpu(settings.training, loaded);
    RunSettings absolute_settings = with_absolute_paths(settings);
    const std::string place = absolute(folder);
    std::optional<NewFolder> claim;
    if (ranks->leads()) claim.emplace(place);
    const std::int64_t weights = ranks->is_alone() ? 0 : weights_digest(*loaded.model);
    Adapter adapter = first_adapter(absolute_settings, loaded);
    attach(adapter, loaded);
    Profile profile;
    TrainAndEval data = timed_datasets(
        absolute_settings, loaded, goal_of_training(adapter.head, *loaded.model), profile, stop, progress);
    Answering answering(absolute_settings.answers, data.eval, loaded);
    give_head(adapter, data.train.summary, absolute_settings, loaded);
    auto method =
        method_of(absolute_settings, std::move(adapter), /*resumed=*/false, data.train, loaded, stop);
    agree_on_start(
        *ranks, {absolute_settings, data, weights, /*steps_done=*/0, *method, /*optimizer=*/nullptr});
    auto run = std::unique_ptr<Run>(new Run(std::move(absolute_settings), place, loaded,
        claim ? std::optional(claim->take()) : std::nullopt, std::move(method), std::move(data),
        std::move(answering), std::move(ranks)));
    run->profile_ = profile;
    if (run->ranks_->leads())
        write_run_file(place, run->settings_, run->total_steps_, *run->method_, run->data_.train.summary,
            loaded.summary.path);
    for (const auto& warning : run->data_.train.summary.warnings) run->log(warning_event(warning));
    if (const Packing& packing = run->data_.train.summary.packing; packing.packs > 0)
        run->log(packing_event(packing.packs, packing.fill));
    return run;
}

std::unique_ptr<Run> Run::resume(const std::string& folder, LoadedModel& loaded, const std::stop_token& stop,
    const ResumeWish& wish, std::shared_ptr<RankGroup> ranks, const ReadProgress& progress) {
    if (!ranks) ranks = lone_rank();
    const std::string place = absolute(folder);
    RunFile file = read_run_file(place);
    std::optional<FolderLock> lock;
    if (ranks->leads()) lock.emplace(place);
    const RunChanges changes = take_wish(wish, file.settings, place, loaded);
    std::vector<std::string> notes;
    if (ranks->leads()) notes = tidied(place);
    wait_for_all(*ranks); // before the others look for the checkpoint
    const std::int64_t weights = ranks->is_alone() ? 0 : weights_digest(*loaded.model);
    const std::optional<Checkpoint> checkpoint = latest_checkpoint(place);
    const std::int64_t steps_before = checkpoint ? checkpoint->step : 0;
    for (std::string& note : notes_of(changes, steps_before, file.settings.lora.dropout > 0))
        notes.push_back(std::move(note));
    Adapter adapter = checkpoint && !trains_weights(file.settings.method)
                          ? read_checkpoint_adapter(*checkpoint, loaded.model->device())
                          : first_adapter(file.settings, loaded);
    // Files of adapters of experts do not have it, since PEFT takes none there.
    for (auto& target : adapter.targets) target.update.dropout = file.settings.lora.dropout;
    attach(adapter, loaded);
    Profile profile;
    TrainAndEval data = timed_datasets(
        file.settings, loaded, goal_of_training(adapter.head, *loaded.model), profile, stop, progress);
    Answering answering(file.settings.answers, data.eval, loaded);
    give_head(adapter, data.train.summary, file.settings, loaded);
    if (ranks->leads())
        for (std::string& note : cut_events(place, checkpoint)) notes.push_back(std::move(note));
    wait_for_all(*ranks); // before the others read what is done
    auto method =
        method_of(file.settings, std::move(adapter), checkpoint.has_value(), data.train, loaded, stop);
    auto run = std::unique_ptr<Run>(new Run(std::move(file.settings), place, loaded, std::move(lock),
        std::move(method), std::move(data), std::move(answering), std::move(ranks)));
    run->profile_ = profile;
    if (checkpoint) run->go_on_from(*checkpoint);
    agree_on_start(*run->ranks_,
        {run->settings_, run->data_, weights, run->steps_done_, *run->method_, &run->optimizer_});
    if (changes.any() && run->ranks_->leads())
        record_changes(place, changes, steps_before,
            {{"settings", to_json(run->settings_)}, {"total_steps", run->total_steps_},
                {"model", described_model(loaded.summary.path)},
                {"data", described_data(run->settings_.data)}});
    for (const std::string& note : notes) run->log(warning_event(note));
    run->notes_ = std::move(notes);
    return run;
}

// What followed the checkpoint's step and was not done before the interruption is still to be done.
void Run::go_on_from(const Checkpoint& checkpoint) {
    if (checkpoint.step > total_steps_)
        fail(checkpoint.folder, std::to_string(checkpoint.step) + " steps done",
            "at most the " + std::to_string(total_steps_) + " that the data have now");
    restore_method(checkpoint, *method_);
    read_checkpoint_optimizer(checkpoint, optimizer_);
    steps_done_ = checkpoint.step;
    if (steps_done_ > 0) {
        tasks_.clear();
        plan_tasks_after_step();
    }
    std::size_t spectra = 0, evaluations = 0, checkpoints = 0, answers = 0;
    const std::string path = events_path(folder_);
    for (const Json& event : read_events(path).events) {
        if (kind_of(event) == EventKind::Evaluation) {
            last_evaluation_ = evaluation_record(event, path);
            evaluations_.add(*last_evaluation_);
        }
        if (step_of(event) != steps_done_) continue;
        spectra += kind_of(event) == EventKind::Spectrum;
        evaluations += kind_of(event) == EventKind::Evaluation;
        checkpoints += kind_of(event) == EventKind::Checkpoint;
        answers += kind_of(event) == EventKind::Answers;
    }
    std::erase_if(tasks_, [&](Task task) {
        return (task == Task::Measure && spectra >= measured_linears())
               || (task == Task::Answer && answers > 0) || (task == Task::Evaluate && evaluations > 0)
               || (task == Task::Save && checkpoints > 0);
    });
    if (evaluations > 0 && steps_done_ < total_steps_
        && evaluations_.is_out_of(settings_.training.patience)) {
        tasks_ = {Task::End};
        if (spectra < measured_linears()) tasks_.push_front(Task::Measure);
    }
}

} // namespace lora
