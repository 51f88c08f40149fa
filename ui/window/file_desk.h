#pragma once
// Opens and writes what a person chooses, drops or picks from the recent files.

#include "ui/elements/file_kind.h"
#include "ui/window/opened.h"

#include <QObject>
#include <QString>

class QMenu;
class QMimeData;
class QWidget;

namespace lora {

class LaboratoryPage;
class Playground;
class SetupDesk;
struct WindowActions;

class FileDesk : public QObject {
    Q_OBJECT
public:
    /// Dialogs stand before `window`; `runs` is the folder of runs.
    FileDesk(EngineLink& link, Opened& opened, SetupDesk& setup, const QString& runs, QWidget* window);

    /// Lets the file menu's actions do what they say.
    void serve(const WindowActions& actions);
    /// Opens by what the path seems to be; says so where it seems nothing that is known.
    void openPath(const QString& path);
    void open(FileKind kind, const QString& path);
    void drop(const QMimeData& dropped);
    /// Adapters for the pages that ask for one.
    void serve(LaboratoryPage& laboratory, Playground& playground);
    void fillRecent(QMenu& menu);

    void chooseModelFolder();
    void chooseModelFile();
    void chooseDataset();
    void chooseAdapter();
    void chooseRun();
    void saveAdapter();
    void mergeModel();
    void mergeGguf(const QString& type);
    void exportGguf();
    void exportRun();

Q_SIGNALS:
    void remembered(); ///< the recent files are other ones
    void said(const QString& text);
    void complained(const QString& text);

private:
    void remember(FileKind kind, const QString& path);
    QString askAdapter(const QString& title); ///< where the engine is; empty: none was chosen
    QString runsThere() const;                ///< the folder of runs on the engine's machine
    QString newFolder(const QString& title, const QString& kind, const QString& name);
    QString newFile(const QString& title, const QString& kind, const QString& name, const QString& filter);

    EngineLink& link_;
    Opened& opened_;
    SetupDesk& setup_;
    QString runs_;
    QWidget* window_;
};

} // namespace lora
