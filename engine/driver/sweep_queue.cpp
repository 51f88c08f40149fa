#include "engine/driver/sweep_queue.h"

#include "engine/adapters/adapter.h"
#include "engine/devices/failure.h"
#include "engine/error.h"
#include "engine/runs/run_folder.h"

#include <filesystem>
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

// Keeps what is whole; a start that was cut off before run.json was there leaves nothing to go on with.
void clear_cut_start(const std::string& run_folder) {
    std::error_code failure;
    if (!fs::exists(settings_path(run_folder), failure)) fs::remove_all(run_folder, failure);
}

void write_results(const std::string& folder, const SweepTable& table) {
    write_file(results_path(folder), to_json(table).dump(2) + "\n");
    write_file(results_csv_path(folder), to_csv(table));
}

} // namespace

SweepQueue::SweepQueue(const std::string& folder, ModelSource model)
    : folder_(fs::absolute(folder).lexically_normal().string()), lock_(locked(folder_)),
      runs_(planned_runs(read_sweep_folder(folder_))), table_(read_sweep_table(folder_)),
      model_(std::move(model)) {
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
    try {
        refuse(planned.faults);
        loaded_ = &model_(planned.settings, stop);
        clear_cut_start(folder);
        run_ = fs::exists(folder) ? Run::resume(folder, *loaded_, stop)
                                  : Run::start(planned.settings, folder, *loaded_, stop);
    } catch (const DiskFull&) {
        throw;
    } catch (const std::exception& failure) {
        if (stop.stop_requested()) throw;
        return mark(message_of(failure));
    }
    update_row(table_.rows[next_], folder);
    return SweepRunBegan{next_};
}

// The last good adapter of a run that stopped by an error is kept, as `lora train` does.
SweepEvent SweepQueue::mark(const std::string& why) {
    if (run_) run_->save();
    const std::string folder = place(next_);
    if (!run_) clear_cut_start(folder);
    mark_failed(folder, why);
    return close_run();
}

SweepEvent SweepQueue::close_run() {
    run_.reset();
    if (loaded_ != nullptr) detach(*loaded_->model);
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
    if (loaded_ != nullptr) detach(*loaded_->model);
    update_row(table_.rows[next_], place(next_));
    write_results(folder_, table_);
}

} // namespace lora
