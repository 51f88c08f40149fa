#pragma once
// The last files that were opened, newest first, kept in the user's settings.

#include "ui/elements/file_kind.h"

#include <QString>
#include <vector>

class QSettings;

namespace lora {

struct RecentFile {
    FileKind kind = FileKind::Model;
    QString path;
    bool operator==(const RecentFile&) const = default;
};

/// Entries that cannot be understood are left out.
std::vector<RecentFile> recentFiles(const QSettings& settings);

/// Puts a file on top; at most twelve are kept.
void rememberFile(QSettings& settings, const RecentFile& file);

} // namespace lora
