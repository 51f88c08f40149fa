#include "ui/sweeps/sweep_archive.h"

#include "ui/runs/run_folder_name.h"

#include <QDir>
#include <QRegularExpression>

namespace lora {

using namespace Qt::StringLiterals;

SweepArchive::SweepArchive(const QString& folder, QObject* parent) : QObject(parent), folder_(folder) {}

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
    return newDatedFolder(folder_, subject);
}

void SweepArchive::read(const QString& sweep) {
    reader_.read(
        [path = sweep.toStdString()] { return std::make_shared<const SweepTable>(read_sweep_table(path)); },
        [this, sweep](const std::shared_ptr<const SweepTable>& table) { Q_EMIT tableRead(sweep, table); },
        [this, sweep](const QString& why) { Q_EMIT failed(sweep, why); });
}

} // namespace lora
