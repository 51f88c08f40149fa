#include "ui/elements/opening_dialog.h"

#include <QFileInfo>

namespace lora {

namespace {

QString filterOf(FileKind kind) {
    return kind == FileKind::Model
               ? OpeningDialog::tr("Models: a folder, or a file (*.gguf config.json);;All files (*)")
               : OpeningDialog::tr("Adapters: a folder, or a file (adapter_config.json subspace.json "
                                   "*.safetensors);;All files (*)");
}

} // namespace

OpeningDialog::OpeningDialog(QWidget* parent, FileKind kind, const QString& title, const QString& folder)
    : QFileDialog(parent, title, folder, filterOf(kind)), kind_(kind) {
    setOption(QFileDialog::DontUseNativeDialog);
    setFileMode(QFileDialog::ExistingFile);
    setLabelText(QFileDialog::FileName, tr("File or folder:"));
}

QString OpeningDialog::chosen() const {
    const QString path = selectedFiles().value(0);
    if (kind_ == FileKind::Adapter) return adapterOf(path);
    const QString folder = QFileInfo(path).absolutePath();
    return fileKind(path) != FileKind::Model && fileKind(folder) == FileKind::Model ? folder : path;
}

bool OpeningDialog::isSought(const QString& folder) const {
    return fileKind(kind_ == FileKind::Adapter ? adapterOf(folder) : folder) == kind_;
}

void OpeningDialog::accept() {
    const QString path = selectedFiles().value(0);
    if (QFileInfo(path).isDir() && isSought(path))
        return QDialog::accept(); // NOLINT(bugprone-parent-virtual-call): QFileDialog would go into it
    QFileDialog::accept();
}

} // namespace lora
