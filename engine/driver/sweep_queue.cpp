#include "engine/driver/sweep_queue.h"

#include "engine/adapters/tokens_in_place.h"
#include "engine/data/dataset_paths.h"
#include "engine/devices/failure.h"
#include "engine/error.h"
#include "engine/runs/run_folder.h"

#include <filesystem>
#include <tuple>
#include <utility>

namespace lora {

namespace fs = std::filesystem;

namespace {

bool is_over(const SweepRow& row) {
    return row.state == SweepRunState::Finished || row.state == SweepRunState::Failed;
}

FolderLock locked(const std::string& folder) {
    read_sweep_folder(folder); // says what is wrong before a lock is left in a folder that holds no sweep
    return FolderLock(folder);
}

/// Before the table is read, which tells them as failed.
void retry(const std::string& folder, const std::vector<PlannedRun>& runs) {
    const SweepTable table = read_sweep_table(folder);
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (table.rows[i].state == SweepRunState::Failed) take_failure_back(run_path(folder, runs[i]));
}

void write_results(const std::string& folder, const SweepTable& table) {
    write_file(results_path(folder), to_json(table).dump(2) + "\n");
    write_file(results_csv_path(folder), to_csv(table));
}

} // namespace

SweepQueue::SweepQueue(const std::string& folder, ModelSource model, bool retry_failed)
    : folder_(fs::absolute(folder).lexically_normal().string()), lock_(locked(folder_)),
      runs_(planned_runs(read_sweep_folder(folder_))), model_(std::move(model)) {
    if (retry_failed) retry(folder_, runs_);
    table_ = read_sweep_table(folder_);
    while (next_ < runs_.size() && lora::is_over(table_.rows[next_])) ++next_;
    write_results(folder_, table_);
}

SweepQueue::~SweepQueue() = default;

std::optional<SweepEvent> SweepQueue::advance(const std::stop_token& stop) {
    if (is_over()) return std::nullopt;
    if (run_ == nullptr) return begin(stop);
    if (run_->is_over()) return close_run();
    try {
        auto event = run_->advance(stop);
        if (!event) return std::nullopt;
        for (const std::string& note : event->notes) notes_.push_back(runs_[next_].name + ": " + note);
        return std::move(*event);
    } catch (const DiskFull&) {
        throw;
    } catch (const std::exception& failure) {
        return mark(message_of(failure));
    }
}

SweepEvent SweepQueue::begin(const std::stop_token& stop) {
    const PlannedRun& planned = runs_[next_];
    const std::string folder = place(next_);
    loaded_ = nullptr; // a source that opens another model lets go of this one
    try {
        refuse(planned.faults);
        loaded_ = &model_of_next(stop);
        need_data_of_next();
        if (const std::string aside = set_aside_what_is_no_run(folder); !aside.empty())
            notes_.push_back(folder + " held no run.json; what lay there was set aside as " + aside + ".");
        run_ = fs::exists(settings_path(folder)) ? DrivenRun::resume(folder, *loaded_, stop)
                                                 : DrivenRun::start(planned.settings, folder, *loaded_, stop);
    } catch (const DiskFull&) {
        throw;
    } catch (const SweepHalted&) {
        throw;
    } catch (const std::exception& failure) {
        if (stop.stop_requested()) throw;
        return mark(message_of(failure));
    }
    update_row(table_.rows[next_], folder);
    return SweepRunBegan{next_};
}

template <class Of>
bool SweepQueue::is_shared(const Of& of) const {
    for (std::size_t i = next_; i < runs_.size(); ++i)
        if (!lora::is_over(table_.rows[i]) && of(runs_[i].settings) != of(runs_[next_].settings))
            return false;
    return true;
}

LoadedModel& SweepQueue::model_of_next(const std::stop_token& stop) {
    try {
        return model_(runs_[next_].settings, stop);
    } catch (const std::exception& failure) {
        const bool shared = is_shared([](const RunSettings& settings) {
            return std::tuple(settings.model, settings.device, settings.dtype, settings.quantized);
        });
        if (!shared || stop.stop_requested()) throw;
        throw SweepHalted(
            message_of(failure) + ". All runs that are left need this model: the sweep stops here");
    }
}

void SweepQueue::need_data_of_next() const {
    const DataSettings& data = runs_[next_].settings.data;
    try {
        for (const std::string& path : {data.train, data.eval})
            if (!path.empty()) size_of_dataset(path); // which opens each file
    } catch (const Error& failure) {
        const bool shared = is_shared(
            [](const RunSettings& settings) { return std::tuple(settings.data.train, settings.data.eval); });
        if (!shared) throw;
        throw SweepHalted(
            std::string(failure.what()) + ". All runs that are left need these data: the sweep stops here");
    }
}

SweepEvent SweepQueue::mark(const std::string& why) {
    const auto unsaved = run_ ? run_->why_not_saved() : std::nullopt;
    mark_failed(
        place(next_), unsaved ? why + "\nIts last finished step could not be saved: " + *unsaved : why);
    return close_run();
}

SweepEvent SweepQueue::close_run() {
    run_.reset();
    if (loaded_ != nullptr) detach(*loaded_);
    update_row(table_.rows[next_], place(next_));
    write_results(folder_, table_);
    const SweepRunOver over{next_};
    do ++next_;
    while (next_ < runs_.size() && lora::is_over(table_.rows[next_]));
    return over;
}

void SweepQueue::leave() {
    if (!run_) return;
    run_->save();
    run_.reset();
    if (loaded_ != nullptr) detach(*loaded_);
    update_row(table_.rows[next_], place(next_));
    write_results(folder_, table_);
}

} // namespace lora
