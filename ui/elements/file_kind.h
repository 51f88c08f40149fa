#pragma once
// What a path is likely to be, told from its name and from the files in it; for drops and recent files.

#include <QString>
#include <optional>

namespace lora {

enum class FileKind { Model, Dataset, Adapter, Run };

/// None for a path that looks like nothing the window opens.
std::optional<FileKind> fileKind(const QString& path);

/// What to load for a chosen path: the folder of a PEFT adapter or a subspace whose file it is, what a run
/// gave for the run, else the path itself.
QString adapterOf(const QString& path);
/// An adapter's path for people: its last part; of a run's "adapter" or "subspace", the run's name.
QString adapterName(const QString& path);

/// The endings of dataset files, each with this before it: "*.jsonl *.csv" for a file dialog's filter.
QString datasetSuffixes(const QString& before);

/// "model", "dataset", "adapter", "run".
QString name(FileKind kind);

} // namespace lora
