#include "engine/adapters/loralib.h"
#include "engine/architectures/catalog.h"
#include "engine/devices/failure.h"
#include "engine/driver/driven_run.h"
#include "engine/driver/model_shelf.h"
#include "engine/error.h"
#include "engine/machine/priority.h"
#include "engine/methods/subspace_files.h"
#include "engine/session/conversation.h"
#include "engine/session/laboratory.h"
#include "engine/session/model_session.h"
#include "engine/session/placed_result.h"
#include "engine/session/run_report.h"
#include "engine/session/sweep_work.h"
#include "engine/session/told_progress.h"
#include "engine/training/classes.h"

#include <memory>
#include <optional>
#include <utility>

namespace lora {

namespace {

class Session {
public:
    explicit Session(Emit emit)
        : emit_(std::move(emit)), shelf_([this] { let_go_of_model(); }), placed_(emit_), report_(emit_),
          laboratory_(emit_) {
        yield_to_other_threads();
        emit_(DevicesFound{shelf_.devices()});
    }

    void attempt(const Request& request, const std::stop_token& stop);
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
    void carry_out(const UnloadAdapter& command, const std::stop_token& stop);
    void carry_out(const SaveAdapter& command, const std::stop_token& stop);
    void carry_out(const Generate& command, const std::stop_token& stop);
    void carry_out(const StopGeneration& command, const std::stop_token& stop);
    void carry_out(const StopAnalysis& command, const std::stop_token& stop);
    void carry_out(const SurveyCommand auto&, const std::stop_token&) {} // SurveyWork's
    template <typename LaboratoryCommand>
    void carry_out(const LaboratoryCommand& command, const std::stop_token& stop);
    void become(EngineState state) { emit_(StateChanged{state_ = state}); }
    void need_model() const;
    void need_no_run() const;
    LoadedModel& loaded() const { return *shelf_.current(); }
    EngineState at_rest() const { return shelf_.current() ? EngineState::Ready : EngineState::Empty; }
    void load(const ModelWish& wish, const std::stop_token& stop);
    void load_model_of(const RunSettings& settings, const std::stop_token& stop);
    void let_go_of_model();
    /// PlacedResult::put_on, after conversation and laboratory, which refer to what stood there, have ended.
    template <typename... What>
    void put_on(What&&... what) {
        conversation_.reset();
        laboratory_.let_go();
        placed_.put_on(std::forward<What>(what)..., loaded());
    }
    void take_off() {
        conversation_.reset();
        laboratory_.let_go();
        placed_.take_off(shelf_.current());
    }
    bool has_run() const { return run_ != nullptr || sweep_ != nullptr; } ///< its own, or a sweep's
    void begin(std::unique_ptr<DrivenRun> run);
    void end_sweep();
    void report(const RunNews& news);
    void let_go_of_run(EngineState next);
    void run_failed(const std::exception& failure);

    Emit emit_;
    EngineState state_ = EngineState::Empty;
    RequestId request_; ///< the one that is being carried out, or was last
    ModelShelf shelf_;
    PlacedResult placed_;
    RunReport report_;
    std::unique_ptr<DrivenRun> run_;
    std::unique_ptr<SweepWork> sweep_;
    bool paused_ = false;
    std::unique_ptr<Conversation> conversation_;
    Laboratory laboratory_;
};

void Session::need_model() const {
    if (!shelf_.current()) throw Error("no model is open; open one first");
}

void Session::need_no_run() const {
    if (has_run()) throw Error("a run is active; stop it first");
}

void Session::let_go_of_model() {
    conversation_.reset();
    laboratory_.let_go_of_model();
    placed_.let_go_of_model();
}

void Session::load(const ModelWish& wish, const std::stop_token& stop) {
    const auto progress = [&](std::int64_t done, std::int64_t total) {
        emit_(Progress{"Loading the model", done, total});
    };
    const bool had_one = shelf_.current() != nullptr;
    try {
        shelf_.open(wish, progress, stop);
    } catch (...) {
        if (had_one && !shelf_.current()) emit_(ModelClosed{});
        throw;
    }
    emit_(ModelLoaded{std::make_shared<const ModelSummary>(loaded().summary), request_});
    emit_(AdapterChanged{});
}

void Session::load_model_of(const RunSettings& settings, const std::stop_token& stop) {
    refuse(faults(settings));
    shelf_.use_threads(settings.threads);
    if (!shelf_.holds(wish_of(settings))) load(wish_of(settings), stop);
}

void Session::carry_out(const LoadModel& command, const std::stop_token& stop) {
    need_no_run();
    become(EngineState::Loading);
    load({command.path, command.device, command.dtype, command.quantized}, stop);
    become(EngineState::Ready);
}

void Session::carry_out(const LoadDataset& command, const std::stop_token& stop) {
    need_model();
    need_no_run();
    const EngineState before = state_;
    become(EngineState::Loading);
    const TrainAndEval sets = load_datasets(command.data, loaded().tokenizer, stop,
        goal_of_training(std::nullopt, *loaded().model), told_progress(emit_));
    emit_(DatasetLoaded{std::make_shared<const DatasetSummary>(sets.train.summary),
        sets.eval ? std::make_shared<const DatasetSummary>(sets.eval->summary) : nullptr, request_});
    become(before);
}

void Session::carry_out(const StartRun& command, const std::stop_token& stop) {
    need_model();
    need_no_run();
    if (!shelf_.holds(wish_of(command.settings)))
        fail("model", command.settings.model, "the one that is open, " + loaded().summary.path,
            "open it with this device and number type first");
    conversation_.reset();
    become(EngineState::Loading);
    placed_.suspend();
    shelf_.use_threads(command.settings.threads);
    begin(DrivenRun::start(command.settings, command.folder, loaded(), stop, nullptr, told_progress(emit_)));
}

void Session::begin(std::unique_ptr<DrivenRun> run) {
    run_ = std::move(run);
    paused_ = false;
    put_on(run_->run().adapter(), run_->run().folder(), std::nullopt);
    report_.begin(*run_);
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
        if (auto spectra = run_->quick_spectra()) emit_(SpectraDone{report_.id(), std::move(spectra)});
        report(run_->end());
    } catch (const std::exception& failure) {
        run_failed(failure);
    }
}

void Session::carry_out(const SaveNow&, const std::stop_token&) {
    if (sweep_) throw Error("a sweep saves its runs at their checkpoints and when it is stopped");
    if (!run_) throw Error("no run is active");
    report(run_->save());
    emit_(AdapterSaved{result_path(run_->run().folder(), run_->run().settings().method)});
}

void Session::carry_out(const OpenRun& command, const std::stop_token& stop) {
    need_no_run();
    become(EngineState::Loading);
    const auto record = std::make_shared<const RunRecord>(read_run(command.folder));
    const std::string result = command.best ? need_best(*record).folder : record->adapter;
    std::string fault;
    // The model first: with it go the plots of what was open before.
    try {
        load_model_of(record->settings, stop);
    } catch (const std::exception& failure) {
        if (stop.stop_requested()) throw;
        fault = message_of(failure);
    }
    // Plots of one run and answers of another's adapter do not go together.
    const bool model_is_open = fault.empty();
    if (!model_is_open) take_off();
    emit_(RunOpened{record, model_is_open, command.best});
    if (!record->fault.empty())
        emit_(Warning{record->fault + ". What follows in that file is not in the plots."});
    try {
        if (model_is_open && !result.empty()) put_on(result, record->settings.method, record->folder);
    } catch (const std::exception& failure) {
        fault = message_of(failure);
    }
    if (!fault.empty()) emit_(Warning{"The run's plots are open, its model or adapter is not: " + fault});
    become(at_rest());
}

void Session::carry_out(const ResumeRun& command, const std::stop_token& stop) {
    need_no_run();
    become(EngineState::Loading);
    const RunRecord record = read_run_curves(command.folder);
    if (record.finished) throw Error(command.folder + ": this run is finished; open it instead");
    load_model_of(record.settings, stop);
    conversation_.reset();
    placed_.suspend();
    begin(DrivenRun::resume(command.folder, loaded(), stop, {}, nullptr, told_progress(emit_)));
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
    sweep_ = std::make_unique<SweepWork>(emit_, report_, command,
        [this](const RunSettings& settings, const std::stop_token& stop) -> LoadedModel& {
            load_model_of(settings, stop);
            return loaded();
        });
    placed_.take_off(shelf_.current());
    become(EngineState::Running);
}

void Session::end_sweep() {
    const bool failed = sweep_->has_failed();
    sweep_.reset();
    paused_ = false;
    become(failed ? EngineState::Failed : at_rest());
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
    OpenedAdapter opened = open_adapter(command.path, loaded().model->device());
    put_on(std::move(opened.adapter), command.path, read_origin(command.path));
    for (const std::string& note : opened.notes) emit_(Warning{note});
    emit_(SpectraDone{RunId{}, laboratory_.measure(*placed_.adapter(), *loaded().model)});
}

void Session::carry_out(const UnloadAdapter&, const std::stop_token&) {
    need_model();
    need_no_run();
    if (!placed_.adapter() && placed_.weights() == nullptr) throw Error("there is none on the model");
    take_off();
}

void Session::carry_out(const SaveAdapter& command, const std::stop_token&) {
    placed_.save(command.folder, shelf_.current() ? loaded().summary : ModelSummary());
    emit_(AdapterSaved{command.folder});
}

void Session::carry_out(const Generate& command, const std::stop_token&) {
    need_model();
    if (has_run() && !paused_) throw Error("the run is training; pause it to talk to the model");
    if (run_ && trains_weights(run_->run().settings().method))
        throw Error("the run changes the base model itself");
    carry_out(StopGeneration{}, {});
    conversation_ = std::make_unique<Conversation>(
        command, request_, loaded(), placed_.adapter() ? &*placed_.adapter() : nullptr, placed_.weights());
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
    laboratory_.take(request_);
    laboratory_.carry_out(command, loaded(), *adapter, stop);
}

void Session::attempt(const Request& request, const std::stop_token& stop) {
    request_ = request.id;
    try {
        std::visit([&](const auto& which) { carry_out(which, stop); }, request.command);
    } catch (const std::exception& failure) {
        if (state_ == EngineState::Loading) {
            // A run that could not begin may have put its adapter on already.
            if (shelf_.current()) placed_.restore(loaded());
            become(at_rest());
        }
        throw error_of(failure);
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
    try {
        if (const auto news = run_->advance(stop)) report(*news);
    } catch (const std::exception& failure) {
        run_failed(failure);
    }
}

void Session::report(const RunNews& news) {
    report_.tell(news, run_->run());
    placed_.note_origin(run_->run().origin());
    if (std::holds_alternative<EndRecord>(news.event)) let_go_of_run(EngineState::Ready);
}

// Trained weights leave the model with their run; what was saved of them comes back to be looked at.
void Session::let_go_of_run(EngineState next) {
    const MethodKind method = run_->run().settings().method;
    const std::string folder = run_->run().folder();
    const bool is_saved = !run_->why_not_saved();
    run_.reset();
    paused_ = false;
    try {
        if (trains_weights(method) && is_saved) put_on(result_path(folder, method), method, folder);
    } catch (const std::exception& failure) {
        emit_(Warning{"The result is saved, but could not be put on the model: " + message_of(failure)});
    }
    become(next);
}

void Session::run_failed(const std::exception& failure) {
    report_.tell(failure, *run_);
    let_go_of_run(EngineState::Failed); // the adapter of the last finished step stays in place
}

} // namespace

Work open_model_session(Emit emit) {
    const auto session = std::make_shared<Session>(std::move(emit));
    return {
        .attempt = [session](const Request& request,
                       const std::stop_token& stop) { session->attempt(request, stop); },
        .busy = [session] { return session->busy(); },
        .advance = [session](const std::stop_token& stop) { session->advance(stop); },
    };
}

} // namespace lora
