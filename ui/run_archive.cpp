#include "ui/run_archive.h"

#include "engine/error.h"

#include <QMetaObject>

namespace lora {

RunArchive::RunArchive(const QString& folder, QObject* parent) : QObject(parent), folder_(folder) {
    pool_.setMaxThreadCount(1);
}

RunArchive::~RunArchive() {
    pool_.clear();
    pool_.waitForDone();
}

void RunArchive::refresh() {
    const int listing = ++listing_;
    pool_.start([this, listing, folder = folder_.toStdString()] {
        const auto answer = [this, listing, runs = list_runs(folder)] {
            if (listing == listing_) Q_EMIT listed(runs);
        };
        QMetaObject::invokeMethod(this, answer, Qt::QueuedConnection);
    });
}

void RunArchive::read(const std::string& run) {
    pool_.start([this, run] {
        try {
            const auto answer = [this, record = std::make_shared<const RunRecord>(read_run_curves(run))] {
                Q_EMIT runRead(record);
            };
            QMetaObject::invokeMethod(this, answer, Qt::QueuedConnection);
        } catch (const Error& error) {
            const auto answer = [this, run, why = QString::fromUtf8(error.what())] {
                Q_EMIT failed(run, why);
            };
            QMetaObject::invokeMethod(this, answer, Qt::QueuedConnection);
        }
    });
}

} // namespace lora
