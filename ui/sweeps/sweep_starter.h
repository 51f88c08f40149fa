#pragma once
// Starts sweeps: one that a file lists, whose data is looked for and asked for where it is not found, or one
// that is drafted from the set-up.

#include "ui/link/engine_link.h"
#include "ui/sweeps/sweep_archive.h"

#include <QWidget>
#include <string>
#include <vector>

namespace lora {

class AxisEditor;

class SweepStarter : public QObject {
    Q_OBJECT
public:
    /// `archive` names the folders of new sweeps; over `window` stand the dialogs.
    SweepStarter(EngineLink& link, const SweepArchive& archive, QWidget* window);

    /// The set-up, which a draft varies and which files leave open things to.
    void setBase(const RunSettings& base) { base_ = base; }
    /// As SweepsPage::startFile.
    void startFile(const QString& path, const QString& dataFolder = {});
    /// Asks for a file and starts it.
    void chooseFile();
    void startDraft(const AxisEditor& draft);

Q_SIGNALS:
    void complained(const QString& text);

private:
    void start(const Sweep& sweep);
    QString dataFolderOf(const Sweep& sweep, const QString& home) const;
    void askForData(const QString& path, const std::vector<std::string>& names);

    EngineLink& link_;
    const SweepArchive& archive_;
    QWidget* window_;
    RunSettings base_;
};

} // namespace lora
