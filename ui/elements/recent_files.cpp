#include "ui/elements/recent_files.h"

#include <QSettings>
#include <QStringList>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostKept = 12;
const QString key = u"recentFiles"_s;

} // namespace

std::vector<RecentFile> recentFiles(const QSettings& settings) {
    std::vector<RecentFile> files;
    for (const QString& line : settings.value(key).toStringList()) {
        const qsizetype bar = line.indexOf(u'|');
        for (const FileKind kind : {FileKind::Model, FileKind::Dataset, FileKind::Adapter, FileKind::Run})
            if (bar > 0 && line.left(bar) == name(kind)) files.push_back({kind, line.mid(bar + 1)});
    }
    return files;
}

void rememberFile(QSettings& settings, const RecentFile& file) {
    std::vector<RecentFile> files = recentFiles(settings);
    std::erase(files, file);
    files.insert(files.begin(), file);
    files.resize(std::min(files.size(), mostKept));
    QStringList lines;
    for (const RecentFile& each : files) lines << name(each.kind) + u'|' + each.path;
    settings.setValue(key, lines);
}

} // namespace lora
