#include "ui/elements/file_dialogs.h"

#include "ui/elements/file_kind.h"
#include "ui/elements/model_dialog.h"
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
    return kept(kind, QFileDialog::getSaveFileName(parent, title, lastFolder(kind) + u'/' + name, {}, nullptr,
                          QFileDialog::ShowDirsOnly));
}

QString askForAdapter(QWidget* parent, const QString& title, const QString& runs) {
    const QString file = QFileDialog::getOpenFileName(parent, title, lastFolder(u"adapter"_s, runs),
        tr("Adapters (adapter_config.json subspace.json *.safetensors)"));
    return file.isEmpty() ? QString() : kept(u"adapter"_s, adapterOf(file));
}

QString askForModel(QWidget* parent) {
    ModelDialog dialog(parent, tr("Open a model"), lastFolder(u"model"_s));
    return dialog.exec() == QDialog::Accepted ? kept(u"model"_s, dialog.model()) : QString();
}

QString datasetFilter() { return tr("Datasets (%1);;All files (*)").arg(datasetSuffixes(u"*."_s)); }

} // namespace lora
