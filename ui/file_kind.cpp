#include "ui/file_kind.h"

#include <QDir>
#include <QFileInfo>

namespace lora {

using namespace Qt::StringLiterals;

std::optional<FileKind> fileKind(const QString& path) {
    const QFileInfo info(path);
    if (info.isDir()) {
        const QDir folder(path);
        if (folder.exists(u"adapter_config.json"_s)) return FileKind::Adapter;
        if (folder.exists(u"run.json"_s)) return FileKind::Run;
        if (folder.exists(u"config.json"_s)) return FileKind::Model;
        return std::nullopt;
    }
    const QString suffix = info.suffix().toLower();
    if (suffix == "gguf"_L1) return FileKind::Model;
    if (suffix == "jsonl"_L1 || suffix == "txt"_L1 || suffix == "md"_L1) return FileKind::Dataset;
    return std::nullopt;
}

QString name(FileKind kind) {
    switch (kind) {
    case FileKind::Model: return u"model"_s;
    case FileKind::Dataset: return u"dataset"_s;
    case FileKind::Adapter: return u"adapter"_s;
    case FileKind::Run: return u"run"_s;
    }
    return {};
}

} // namespace lora
