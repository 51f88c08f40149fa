#include "ui/elements/new_folder_dialog.h"

#include "ui/elements/file_kind.h"

#include <QDir>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString plainName(const QString& path) { return QFileInfo(path).fileName(); }

} // namespace

NewFolderDialog::NewFolderDialog(
    QWidget* parent, const QString& title, const QString& folder, const QString& name, bool replacesAdapters)
    : QFileDialog(parent, title, folder), replacesAdapters_(replacesAdapters) {
    setOption(QFileDialog::DontUseNativeDialog);
    setOption(QFileDialog::ShowDirsOnly);
    setAcceptMode(QFileDialog::AcceptSave);
    setFileMode(QFileDialog::AnyFile);
    setLabelText(QFileDialog::FileName, tr("New folder:"));
    selectFile(name);
}

QString NewFolderDialog::chosen() const { return selectedFiles().value(0); }

void NewFolderDialog::accept() {
    const QFileInfo there(chosen());
    if (there.filePath().isEmpty() || there == QFileInfo(directory().absolutePath())) return; // no name yet
    if (!there.exists() || (there.isDir() && QDir(there.filePath()).isEmpty()))
        return QDialog::accept(); // NOLINT(bugprone-parent-virtual-call): QFileDialog would go into it
    if (!there.isDir()) return refuse(tr("“%1” is a file.").arg(plainName(chosen())));
    if (replacesAdapters_ && fileKind(chosen()) == FileKind::Adapter) return askToReplace();
    refuse(tr("“%1” is there already, and is not empty.").arg(plainName(chosen())));
}

void NewFolderDialog::askToReplace() {
    auto* question = new QMessageBox(QMessageBox::Question, windowTitle(),
        tr("There is an adapter in “%1” already. Replace it?").arg(plainName(chosen())),
        QMessageBox::NoButton, this);
    question->setObjectName(u"replaceQuestion"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(tr("Other files in that folder stay."));
    QPushButton* replace = question->addButton(tr("Replace"), QMessageBox::AcceptRole);
    question->setDefaultButton(question->addButton(tr("Choose another name"), QMessageBox::RejectRole));
    connect(question, &QMessageBox::buttonClicked, this, [this, replace](const QAbstractButton* pressed) {
        if (pressed == replace) QDialog::accept(); // NOLINT(bugprone-parent-virtual-call): as above
    });
    question->open();
}

void NewFolderDialog::refuse(const QString& why) {
    auto* box = new QMessageBox(QMessageBox::Information, windowTitle(), why, QMessageBox::Ok, this);
    box->setObjectName(u"takenName"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(tr("Choose another name."));
    box->open();
}

} // namespace lora
