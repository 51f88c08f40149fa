#include "ui/runs/run_archive.h"

#include "engine/sweeps/sweep_runs.h"
#include "ui/runs/run_folder_name.h"

#include <iterator>
#include <utility>

namespace lora {

namespace {

std::vector<RunListing> listAll(const std::string& runs, const std::string& sweeps) {
    std::vector<RunListing> all = list_runs(runs);
    std::vector<RunListing> ofSweeps = list_sweep_runs(sweeps);
    std::move(ofSweeps.begin(), ofSweeps.end(), std::back_inserter(all));
    return all;
}

} // namespace

RunArchive::RunArchive(const QString& folder, QObject* parent) : QObject(parent), folder_(folder) {}

void RunArchive::refresh() {
    const int listing = ++listing_;
    reader_.read([runs = folder_.toStdString(),
                     sweeps = sweepsBeside(folder_).toStdString()] { return listAll(runs, sweeps); },
        [this, listing](const std::vector<RunListing>& runs) {
            if (listing == listing_) Q_EMIT listed(runs);
        },
        [this](const QString& why) { Q_EMIT failed({}, why); });
}

void RunArchive::read(const std::string& run) {
    reader_.read([run] { return std::make_shared<const RunRecord>(read_run_curves(run)); },
        [this](const std::shared_ptr<const RunRecord>& record) { Q_EMIT runRead(record); },
        [this, run](const QString& why) { Q_EMIT failed(run, why); });
}

} // namespace lora
