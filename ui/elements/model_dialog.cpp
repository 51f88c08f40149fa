#include "ui/elements/model_dialog.h"

#include "ui/elements/file_kind.h"

#include <QFileInfo>

namespace lora {

ModelDialog::ModelDialog(QWidget* parent, const QString& title, const QString& folder)
    : QFileDialog(
        parent, title, folder, tr("Models: a folder, or a file (*.gguf config.json);;All files (*)")) {
    setOption(QFileDialog::DontUseNativeDialog);
    setFileMode(QFileDialog::ExistingFile);
    setLabelText(QFileDialog::FileName, tr("File or folder:"));
}

QString ModelDialog::model() const {
    const QString chosen = selectedFiles().value(0);
    const QString folder = QFileInfo(chosen).absolutePath();
    return fileKind(chosen) != FileKind::Model && fileKind(folder) == FileKind::Model ? folder : chosen;
}

// A folder that holds a model is the answer; any other one is gone into, as in every file dialog.
void ModelDialog::accept() {
    const QString chosen = selectedFiles().value(0);
    if (QFileInfo(chosen).isDir() && fileKind(chosen) == FileKind::Model)
        return QDialog::accept(); // NOLINT(bugprone-parent-virtual-call): QFileDialog would go into it
    QFileDialog::accept();
}

} // namespace lora
