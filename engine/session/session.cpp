#include "engine/session/session.h"

#include "engine/adapters/loralib.h"
#include "engine/devices/devices.h"
#include "engine/devices/failure.h"
#include "engine/error.h"
#include "engine/machine/priority.h"
#include "engine/methods/subspace_files.h"
#include "engine/architectures/catalog.h"
#include "engine/session/conversation.h"
#include "engine/session/laboratory.h"
#include "engine/session/placed_result.h"
#include "engine/session/run_report.h"
#include "engine/session/sweep_work.h"
#include "engine/training/classes.h"
#include "engine/training/run.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <ATen/Context.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

at::ScalarType scalar_type_of(NumberType type) {
    return type == NumberType::BFloat16 ? at::kBFloat16 : at::kFloat;
}

class Session {
public:
    explicit Session(Emit emit)
        : emit_(std::move(emit)), devices_(find_devices()), placed_(emit_), report_(emit_),
          laboratory_(emit_) {
        yield_to_other_threads();
    }

    void attempt(const Command& command, const std::stop_token& stop);
    bool busy() const { return conversation_ != nullptr || laboratory_.busy() || (has_run() && !paused_); }
    void advance(const std::stop_token& stop);

private:
    void carry_out(const LoadModel& command, const std::stop_token& stop);
    void carry_out(const LoadDataset& command, const std::stop_token& stop);
    void carry_out(const StartRun& command, const std::stop_token& stop);
    void carry_out(const PauseRun& command, const std::stop_token& stop);
    void carry_out(const ContinueRun& command, const std::stop_token& stop);
    void carry_out(const StopRun& command, const std::stop_token& stop);
    void carry_out(const SaveNow& command, const std::stop_token& stop);
    void carry_out(const OpenRun& command, const std::stop_token& stop);
    void carry_out(const ResumeRun& command, const std::stop_token& stop);
    void carry_out(const StartSweep& command, const std::stop_token& stop);
    void carry_out(const ResumeSweep& command, const std::stop_token& stop);
    void carry_out(const LoadAdapter& command, const std::stop_token& stop);
    void carry_out(const SaveAdapter& command, const std::stop_token& stop);
    void carry_out(const Generate& command, const std::stop_token& stop);
    void carry_out(const StopGeneration& command, const std::stop_token& stop);
    void carry_out(const StopAnalysis& command, const std::stop_token& stop);
    template <typename LaboratoryCommand>
    void carry_out(const LaboratoryCommand& command, const std::stop_token& stop);

    void become(EngineState state) { emit_(StateChanged{state_ = state}); }
    void need_model() const;
    void need_no_run() const;
    void load(
        const std::string& path, const std::string& device, NumberType dtype, const std::stop_token& stop);
    void load_model_of(const RunSettings& settings, const std::stop_token& stop);
    /// As PlacedResult has it; who works on what stands there is let go.
    template <typename... What>
    void put_on(What&&... what) {
        conversation_.reset();
        laboratory_.let_go();
        placed_.put_on(std::forward<What>(what)..., *loaded_);
    }
    bool has_run() const { return run_ != nullptr || sweep_ != nullptr; } ///< its own, or a sweep's
    void use_threads(int wanted) const;
    void begin(std::unique_ptr<Run> run, std::shared_ptr<const RunRecord> before);
    void end_sweep();
    void report(const RunEvent& event, double seconds);
    /// `saved`: the result's folder; empty where it could not be written.
    void let_go_of_run(EngineState next, const std::string& saved);
    void run_failed(const std::string& why);

    Emit emit_;
    Devices devices_;
    EngineState state_ = EngineState::Empty;
    std::unique_ptr<LoadedModel> loaded_;
    NumberType dtype_ = NumberType::Float32;
    PlacedResult placed_;
    RunReport report_;
    std::unique_ptr<Run> run_;
    std::unique_ptr<SweepWork> sweep_;
    bool paused_ = false;
    std::unique_ptr<Conversation> conversation_;
    Laboratory laboratory_;
};

void Session::need_model() const {
    if (!loaded_) throw Error("no model is open; open one first");
}

void Session::need_no_run() const {
    if (has_run()) throw Error("a run is active; stop it first");
}

// The model and its adapter stay as they are when opening another one fails.
void Session::load(
    const std::string& path, const std::string& device, NumberType dtype, const std::stop_token& stop) {
    const std::string place = choose_device(device, devices_);
    const auto progress = [&](std::int64_t done, std::int64_t total) {
        emit_(Progress{"Loading the model", done, total});
    };
    auto loaded =
        std::make_unique<LoadedModel>(load_model(path, place, scalar_type_of(dtype), progress, stop));
    conversation_.reset();
    laboratory_.let_go_of_model();
    placed_.let_go_of_model();
    loaded_ = std::move(loaded);
    dtype_ = dtype;
    emit_(ModelLoaded{std::make_shared<const ModelSummary>(loaded_->summary)});
    emit_(AdapterChanged{});
}

void Session::load_model_of(const RunSettings& settings, const std::stop_token& stop) {
    use_threads(settings.threads);
    const std::string place = choose_device(settings.device, devices_);
    if (loaded_ && loaded_->summary.path == settings.model && dtype_ == settings.dtype
        && loaded_->summary.device == place)
        return;
    load(settings.model, settings.device, settings.dtype, stop);
}

void Session::carry_out(const LoadModel& command, const std::stop_token& stop) {
    need_no_run();
    become(EngineState::Loading);
    load(command.path, command.device, command.dtype, stop);
    become(EngineState::Ready);
}

void Session::carry_out(const LoadDataset& command, const std::stop_token& stop) {
    need_model();
    need_no_run();
    const EngineState before = state_;
    become(EngineState::Loading);
    emit_(Progress{"Reading the dataset", 0, 0});
    const TrainAndEval sets = load_datasets(
        command.data, loaded_->tokenizer, /*seed=*/0, stop, goal_of_training(std::nullopt, *loaded_->model));
    emit_(DatasetLoaded{std::make_shared<const DatasetSummary>(sets.train.summary),
        sets.eval ? std::make_shared<const DatasetSummary>(sets.eval->summary) : nullptr});
    become(before);
}

void Session::use_threads(int wanted) const { at::set_num_threads(wanted > 0 ? wanted : devices_.cores); }

void Session::carry_out(const StartRun& command, const std::stop_token& stop) {
    need_model();
    need_no_run();
    conversation_.reset();
    become(EngineState::Loading);
    placed_.stand_aside();
    use_threads(command.settings.threads);
    begin(Run::start(command.settings, command.folder, *loaded_, stop), nullptr);
}

void Session::begin(std::unique_ptr<Run> run, std::shared_ptr<const RunRecord> before) {
    run_ = std::move(run);
    paused_ = false;
    put_on(run_->adapter(), run_->folder());
    report_.begin(*run_, std::move(before));
    become(EngineState::Running);
}

void Session::carry_out(const PauseRun&, const std::stop_token&) {
    if (!has_run() || paused_) throw Error("no run is training");
    paused_ = true;
    become(EngineState::Paused);
}

void Session::carry_out(const ContinueRun&, const std::stop_token&) {
    if (!has_run() || !paused_) throw Error("no run is paused");
    conversation_.reset();
    laboratory_.stop();
    paused_ = false;
    become(EngineState::Running);
}

void Session::carry_out(const StopRun&, const std::stop_token&) {
    if (!has_run()) throw Error("no run is active");
    become(EngineState::Stopping);
    if (sweep_) {
        sweep_->leave();
        return end_sweep();
    }
    try {
        emit_(SpectraDone{report_.id(), run_->measure()});
        report(run_->end(), 0);
    } catch (const std::exception& failure) {
        run_failed(message_of(failure));
    }
}

void Session::carry_out(const SaveNow&, const std::stop_token&) {
    if (sweep_) throw Error("a sweep saves its runs at their checkpoints and when it is stopped");
    if (!run_) throw Error("no run is active");
    report(run_->save(), 0);
    emit_(AdapterSaved{result_path(run_->folder(), run_->settings().method)});
}

void Session::carry_out(const OpenRun& command, const std::stop_token& stop) {
    need_no_run();
    const EngineState before = state_;
    become(EngineState::Loading);
    const auto record = std::make_shared<const RunRecord>(read_run(command.folder));
    std::string fault;
    // The model first: with it go the plots of what was open before.
    try {
        load_model_of(record->settings, stop);
    } catch (const std::exception& failure) {
        fault = message_of(failure);
    }
    emit_(RunOpened{record});
    try {
        if (fault.empty() && !record->adapter.empty())
            put_on(record->adapter, record->settings.method, record->folder);
    } catch (const std::exception& failure) {
        fault = message_of(failure);
    }
    if (!fault.empty()) emit_(Warning{"The run's plots are open, its model or adapter is not: " + fault});
    become(loaded_ ? EngineState::Ready : before);
}

void Session::carry_out(const ResumeRun& command, const std::stop_token& stop) {
    need_no_run();
    become(EngineState::Loading);
    const RunRecord record = read_run_curves(command.folder);
    if (record.finished) throw Error(command.folder + ": this run is finished; open it instead");
    load_model_of(record.settings, stop);
    conversation_.reset();
    placed_.stand_aside();
    auto run = Run::resume(command.folder, *loaded_, stop); // cuts what came after the checkpoint
    begin(std::move(run), std::make_shared<const RunRecord>(read_run_curves(command.folder)));
}

void Session::carry_out(const StartSweep& command, const std::stop_token& stop) {
    need_no_run();
    create_sweep_folder(command.sweep, command.folder);
    carry_out(ResumeSweep{command.folder}, stop);
}

void Session::carry_out(const ResumeSweep& command, const std::stop_token&) {
    need_no_run();
    conversation_.reset();
    laboratory_.stop();
    become(EngineState::Loading);
    sweep_ = std::make_unique<SweepWork>(emit_, report_, command.folder,
        [this](const RunSettings& settings, const std::stop_token& stop) -> LoadedModel& {
            load_model_of(settings, stop);
            return *loaded_;
        });
    placed_.take_off(loaded_.get());
    become(EngineState::Running);
}

void Session::end_sweep() {
    const bool failed = sweep_->has_failed();
    sweep_.reset();
    paused_ = false;
    become(failed ? EngineState::Failed : loaded_ ? EngineState::Ready : EngineState::Empty);
}

void Session::carry_out(const LoadAdapter& command, const std::stop_token&) {
    need_model();
    need_no_run();
    conversation_.reset();
    if (is_subspace(command.path)) {
        put_on(command.path, MethodKind::Subspace, command.path);
        return emit_(
            Warning{"Spectra of a subspace are in the run that trained it: open that run to see them."});
    }
    OpenedAdapter opened = open_adapter(command.path, loaded_->model->device());
    put_on(std::move(opened.adapter), command.path);
    for (const std::string& note : opened.notes) emit_(Warning{note});
    emit_(SpectraDone{RunId{}, laboratory_.measure(*placed_.adapter(), *loaded_->model)});
}

void Session::carry_out(const SaveAdapter& command, const std::stop_token&) {
    placed_.save(command.folder, loaded_ ? loaded_->summary : ModelSummary());
    emit_(AdapterSaved{command.folder});
}

void Session::carry_out(const Generate& command, const std::stop_token&) {
    need_model();
    if (has_run() && !paused_) throw Error("the run is training; pause it to talk to the model");
    if (run_ && trains_weights(run_->settings().method)) throw Error("the run changes the base model itself");
    carry_out(StopGeneration{}, {});
    conversation_ =
        std::make_unique<Conversation>(command, *loaded_, placed_.adapter().has_value(), placed_.weights());
}

void Session::carry_out(const StopGeneration&, const std::stop_token&) {
    if (conversation_) conversation_->stop(emit_);
    conversation_.reset();
}

void Session::carry_out(const StopAnalysis&, const std::stop_token&) { laboratory_.stop(); }

template <typename LaboratoryCommand>
void Session::carry_out(const LaboratoryCommand& command, const std::stop_token& stop) {
    need_model();
    const std::optional<Adapter>& adapter = placed_.adapter();
    if (!adapter || adapter->targets.empty()) throw Error("no adapter to look at; train or load one first");
    if (has_run() && !paused_) throw Error("the run is training; pause it first");
    laboratory_.stop();
    laboratory_.carry_out(command, *loaded_, *adapter, stop);
}

void Session::attempt(const Command& command, const std::stop_token& stop) {
    try {
        std::visit([&](const auto& which) { carry_out(which, stop); }, command);
    } catch (const std::exception& failure) {
        if (state_ == EngineState::Loading) {
            // A run that could not begin may have put its adapter on already.
            if (loaded_) placed_.stand_again(*loaded_);
            become(loaded_ ? EngineState::Ready : EngineState::Empty);
        }
        throw Error(message_of(failure));
    }
}

void Session::advance(const std::stop_token& stop) {
    if (conversation_ && !conversation_->advance(emit_)) return conversation_.reset();
    if (conversation_) return;
    if (laboratory_.busy()) return laboratory_.advance();
    if (sweep_) {
        sweep_->advance(stop);
        if (sweep_->is_over()) end_sweep();
        return;
    }
    const auto begin = std::chrono::steady_clock::now();
    try {
        const std::optional<RunEvent> event = run_->advance(stop);
        if (event)
            report(*event, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    } catch (const std::exception& failure) {
        run_failed(message_of(failure));
    }
}

void Session::report(const RunEvent& event, double seconds) {
    report_.tell(event, seconds, *run_, loaded_->model->device());
    if (const auto* end = std::get_if<EndRecord>(&event)) let_go_of_run(EngineState::Ready, end->adapter);
}

// Trained weights leave the model with their run; what was saved of them comes back to be looked at.
void Session::let_go_of_run(EngineState next, const std::string& saved) {
    const MethodKind method = run_->settings().method;
    const std::string folder = run_->folder();
    run_.reset();
    paused_ = false;
    try {
        if (trains_weights(method) && !saved.empty()) put_on(saved, method, folder);
    } catch (const std::exception& failure) {
        emit_(Warning{"The result is saved, but could not be put on the model: " + message_of(failure)});
    }
    become(next);
}

// The adapter of the last finished step stays in place, and is saved where the disk allows it.
void Session::run_failed(const std::string& why) {
    std::string text = why;
    std::string saved = result_path(run_->folder(), run_->settings().method);
    try {
        run_->save();
    } catch (const std::exception& failure) {
        saved.clear();
        text += "\nThe result could not be saved in the run's folder either: " + message_of(failure);
        if (!trains_weights(run_->settings().method)) text += "\nIt is still in memory: save it elsewhere.";
    }
    emit_(Failed{report_.id(), text});
    let_go_of_run(EngineState::Failed, saved);
}

} // namespace

Work open_session(Emit emit) {
    const auto session = std::make_shared<Session>(std::move(emit));
    return {
        .attempt = [session](
                       const Command& command, std::stop_token stop) { session->attempt(command, stop); },
        .busy = [session] { return session->busy(); },
        .advance = [session](std::stop_token stop) { session->advance(stop); },
    };
}

} // namespace lora
