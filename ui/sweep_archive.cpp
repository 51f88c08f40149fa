#include "ui/sweep_archive.h"

#include "engine/error.h"

#include <QDateTime>
#include <QDir>
#include <QMetaObject>
#include <QRegularExpression>

namespace lora {

using namespace Qt::StringLiterals;

SweepArchive::SweepArchive(const QString& folder, QObject* parent) : QObject(parent), folder_(folder) {
    pool_.setMaxThreadCount(1);
}

SweepArchive::~SweepArchive() {
    pool_.clear();
    pool_.waitForDone();
}

QStringList SweepArchive::sweeps() const {
    QStringList found;
    const QFileInfoList entries =
        QDir(folder_).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed);
    for (const QFileInfo& entry : entries)
        if (QFileInfo::exists(entry.filePath() + u"/sweep.json"_s)) found << entry.filePath();
    return found;
}

QString SweepArchive::newFolder(const QString& name) const {
    static const QRegularExpression separators(u"[/\\\\\\x00-\\x1f]"_s);
    QString subject = name;
    subject.replace(separators, u"_"_s);
    const QString stem =
        u"%1/%2 %3"_s.arg(folder_, QDateTime::currentDateTime().toString(u"yyyy-MM-dd HHmmss"_s), subject)
            .trimmed();
    QString folder = stem;
    for (int again = 2; QFileInfo::exists(folder); ++again) folder = u"%1 %2"_s.arg(stem).arg(again);
    return folder;
}

void SweepArchive::read(const QString& sweep) {
    pool_.start([this, sweep] {
        try {
            const auto answer = [this, sweep,
                                    table = std::make_shared<const SweepTable>(read_sweep_table(
                                        sweep.toStdString()))] { Q_EMIT tableRead(sweep, table); };
            QMetaObject::invokeMethod(this, answer, Qt::QueuedConnection);
        } catch (const Error& error) {
            const auto answer = [this, sweep, why = QString::fromUtf8(error.what())] {
                Q_EMIT failed(sweep, why);
            };
            QMetaObject::invokeMethod(this, answer, Qt::QueuedConnection);
        }
    });
}

} // namespace lora
