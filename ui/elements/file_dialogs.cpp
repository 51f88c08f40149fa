#include "ui/elements/file_dialogs.h"

#include "ui/elements/file_kind.h"
#include "ui/elements/new_folder_dialog.h"
#include "ui/elements/opening_dialog.h"
#include "ui/elements/words.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString lastFolder(const QString& kind, const QString& atFirst = {}) {
    return QSettings().value(u"folder/"_s + kind, atFirst.isEmpty() ? QDir::homePath() : atFirst).toString();
}

QString kept(const QString& kind, const QString& path) {
    if (!path.isEmpty()) QSettings().setValue(u"folder/"_s + kind, QFileInfo(path).absolutePath());
    return path;
}

} // namespace

QString askForFile(QWidget* parent, const QString& title, const QString& kind, const QString& filter,
    const QString& atFirst) {
    return kept(kind, QFileDialog::getOpenFileName(parent, title, lastFolder(kind, atFirst), filter));
}

QString askForFolder(QWidget* parent, const QString& title, const QString& kind, const QString& atFirst) {
    return kept(kind, QFileDialog::getExistingDirectory(parent, title, lastFolder(kind, atFirst)));
}

QString askForNewFile(
    QWidget* parent, const QString& title, const QString& kind, const QString& name, const QString& filter) {
    return kept(kind, QFileDialog::getSaveFileName(parent, title, lastFolder(kind) + u'/' + name, filter));
}

QString askForNewFolder(QWidget* parent, const QString& title, const QString& kind, const QString& name) {
    NewFolderDialog dialog(parent, title, lastFolder(kind), name, kind == "adapter"_L1);
    return dialog.exec() == QDialog::Accepted ? kept(kind, dialog.chosen()) : QString();
}

QString askForAdapter(QWidget* parent, const QString& title, const QString& runs) {
    OpeningDialog dialog(parent, FileKind::Adapter, title, lastFolder(u"adapter"_s, runs));
    return dialog.exec() == QDialog::Accepted ? kept(u"adapter"_s, dialog.chosen()) : QString();
}

QString askForModel(QWidget* parent) {
    OpeningDialog dialog(parent, FileKind::Model, tr("Open a model"), lastFolder(u"model"_s));
    return dialog.exec() == QDialog::Accepted ? kept(u"model"_s, dialog.chosen()) : QString();
}

QString datasetFilter() { return tr("Datasets (%1);;All files (*)").arg(datasetSuffixes(u"*."_s)); }

} // namespace lora
