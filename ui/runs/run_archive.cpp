#include "ui/runs/run_archive.h"

namespace lora {

RunArchive::RunArchive(const QString& folder, QObject* parent) : QObject(parent), folder_(folder) {}

void RunArchive::refresh() {
    const int listing = ++listing_;
    reader_.read([folder = folder_.toStdString()] { return list_runs(folder); },
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
