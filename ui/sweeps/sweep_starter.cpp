#include "ui/sweeps/sweep_starter.h"

#include "ui/elements/exception_words.h"
#include "ui/sweeps/axis_editor.h"
#include "ui/sweeps/sweep_draft.h"

#include <QFileDialog>
#include <QFileInfo>
#include <exception>

namespace lora {

using namespace Qt::StringLiterals;

SweepStarter::SweepStarter(EngineLink& link, const SweepArchive& archive, QWidget* window)
    : QObject(window), link_(link), archive_(archive), window_(window) {}

void SweepStarter::startFile(const QString& path, const QString& dataFolder) {
    try {
        Sweep sweep = read_sweep(path.toStdString());
        const QString home = QFileInfo(path).absolutePath();
        if (sweep.base.model.empty()) sweep.base.model = base_.model;
        if (sweep.base.data.train.empty()) sweep.base.data = base_.data;
        const QString beside = dataFolder.isEmpty() ? dataFolderOf(sweep, home) : dataFolder;
        if (beside.isEmpty()) return askForData(path, absent_data(sweep, home.toStdString()));
        resolve_paths(sweep, home.toStdString(), beside.toStdString());
        start(sweep);
    } catch (const std::exception& error) {
        Q_EMIT complained(wordsOf(error));
    }
}

// Empty where neither has it.
QString SweepStarter::dataFolderOf(const Sweep& sweep, const QString& home) const {
    const QString beside = QFileInfo(QString::fromStdString(base_.data.train)).absolutePath();
    for (const QString& folder : {home, beside})
        if (absent_data(sweep, folder.toStdString()).empty()) return folder;
    return {};
}

void SweepStarter::askForData(const QString& path, const std::vector<std::string>& names) {
    QStringList files;
    for (const std::string& name : names) files << QString::fromStdString(name);
    auto* dialog = new QFileDialog(window_, tr("Choose the folder with %1").arg(files.join(u", "_s)));
    dialog->setObjectName(u"sweepDataFolder"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, path](const QString& folder) { startFile(path, folder); });
    dialog->open();
}

void SweepStarter::startDraft(const AxisEditor& draft) {
    try {
        start(draftedSweep(draft.name(), base_, draft.axes(), draft.keepsScale()));
    } catch (const std::exception& error) {
        Q_EMIT complained(wordsOf(error));
    }
}

void SweepStarter::start(const Sweep& sweep) {
    link_.post(StartSweep{sweep, archive_.newFolder(QString::fromStdString(sweep.name)).toStdString()});
}

void SweepStarter::chooseFile() {
    const QString path = QFileDialog::getOpenFileName(
        window_, tr("Open a sweep's file"), {}, tr("Sweeps (*.json);;All files (*)"), nullptr);
    if (!path.isEmpty()) startFile(path);
}

} // namespace lora
