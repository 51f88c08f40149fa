#include "ui/runs/run_folder_name.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace lora {

using namespace Qt::StringLiterals;

QString newDatedFolder(const QString& parent, const QString& subject) {
    const QString stem =
        u"%1/%2 %3"_s.arg(parent, QDateTime::currentDateTime().toString(u"yyyy-MM-dd HHmmss"_s), subject)
            .trimmed();
    QString folder = stem;
    for (int again = 2; QFileInfo::exists(folder); ++again) folder = u"%1 %2"_s.arg(stem).arg(again);
    return folder;
}

QString sweepsBeside(const QString& runs) { return QFileInfo(runs).absolutePath() + u"/sweeps"_s; }

QString newRunFolder(const QString& runs, const RunSettings& settings) {
    QFileInfo data(QDir::cleanPath(QString::fromStdString(settings.data.train)));
    const bool isPattern = data.fileName().contains(u'*') || data.fileName().contains(u'?');
    if (isPattern && !data.exists()) data.setFile(data.path()); // the folder that its files lie in
    return newDatedFolder(runs, data.completeBaseName());
}

} // namespace lora
