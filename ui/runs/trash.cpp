#include "ui/runs/trash.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace lora {

using namespace Qt::StringLiterals;

bool putIntoTrash(const QString& folder) {
    // Qt makes the trash, but not the folder that it stands in.
    QDir().mkpath(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation));
    QString place;
    if (!QFile::moveToTrash(folder, &place)) return false;
    if (QDir::isAbsolutePath(place)) return true;
    // Where there is no trash, Qt 6.4 takes the process's current folder for one and calls that a success.
    QDir().rename(place, folder);
    QFile::remove(u"info/%1.trashinfo"_s.arg(QFileInfo(place).fileName()));
    QDir().rmdir(u"files"_s); // if nothing else is in them
    QDir().rmdir(u"info"_s);
    return false;
}

} // namespace lora
