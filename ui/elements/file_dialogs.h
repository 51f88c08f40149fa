#pragma once
// Asking for files and folders; each kind of dialog begins where the last one of its kind ended.

#include <QString>

class QWidget;

namespace lora {

/// A file that is there; empty: none was chosen. `kind` names what is remembered, such as "dataset".
QString askForFile(QWidget* parent, const QString& title, const QString& kind, const QString& filter,
    const QString& atFirst = {});
/// A folder that is there.
QString askForFolder(QWidget* parent, const QString& title, const QString& kind, const QString& atFirst = {});
/// A file to write.
QString askForNewFile(
    QWidget* parent, const QString& title, const QString& kind, const QString& name, const QString& filter);
/// A folder to make. An adapter that is there may be replaced by another one; any other name that is taken is
/// refused.
QString askForNewFolder(QWidget* parent, const QString& title, const QString& kind, const QString& name);
/// What to load as an adapter: a file, or its folder, also where one of its files or its run was chosen.
QString askForAdapter(QWidget* parent, const QString& title, const QString& runs);

/// A model's GGUF file or its folder.
QString askForModel(QWidget* parent);

/// What dialogs offer as datasets.
QString datasetFilter();

} // namespace lora
