#include "ui/elements/file_kind.h"

#include "engine/data/dataset_paths.h"
#include "engine/data/formats.h"

#include <QDir>
#include <QFileInfo>
#include <QStringList>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr auto adapterConfig = "adapter_config.json"_L1;
constexpr auto peftTensors = "adapter_model.safetensors"_L1;
constexpr auto subspaceConfig = "subspace.json"_L1;
constexpr auto subspaceTensors = "subspace.safetensors"_L1;

} // namespace

std::optional<FileKind> fileKind(const QString& path) {
    const QFileInfo info(path);
    if (info.isDir()) {
        const QDir folder(path);
        if (folder.exists(adapterConfig) || folder.exists(subspaceConfig)) return FileKind::Adapter;
        if (folder.exists(u"run.json"_s)) return FileKind::Run;
        if (folder.exists(u"config.json"_s)) return FileKind::Model;
        if (is_dataset_folder(path.toStdString())) return FileKind::Dataset;
        return std::nullopt;
    }
    if (info.fileName() == adapterConfig || info.fileName() == subspaceConfig) return FileKind::Adapter;
    const QString suffix = info.suffix().toLower();
    // Beside a model's configuration these are the model's own weights.
    if (suffix == "safetensors"_L1 && !info.dir().exists(u"config.json"_s)) return FileKind::Adapter;
    if (suffix == "gguf"_L1) return FileKind::Model;
    const std::vector<std::string> datasets = dataset_suffixes();
    if (std::find(datasets.begin(), datasets.end(), suffix.toStdString()) != datasets.end())
        return FileKind::Dataset;
    return std::nullopt;
}

QString adapterOf(const QString& path) {
    const QFileInfo info(path);
    if (fileKind(path) == FileKind::Run)
        for (const QString& given : {path + u"/adapter"_s, path + u"/subspace"_s})
            if (fileKind(given) == FileKind::Adapter) return given;
    const auto isOneOf = [&](QLatin1StringView config, QLatin1StringView tensors) {
        return info.isFile() && info.dir().exists(config)
               && (info.fileName() == config || info.fileName() == tensors);
    };
    const bool inFolder = isOneOf(adapterConfig, peftTensors) || isOneOf(subspaceConfig, subspaceTensors);
    return inFolder ? info.absolutePath() : path;
}

QString adapterName(const QString& path) {
    const QFileInfo info(path);
    if (info.fileName() != "adapter"_L1 && info.fileName() != "subspace"_L1) return info.fileName();
    return info.dir().dirName();
}

QString datasetSuffixes(const QString& before) {
    QStringList all;
    for (const std::string& suffix : dataset_suffixes()) all << before + QString::fromStdString(suffix);
    return all.join(u' ');
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
