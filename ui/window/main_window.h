#pragma once
// The window: set-up on the left, the run in the middle, playground and messages beneath; it follows the
// engine's state and never guesses it.

#include "ui/elements/file_kind.h"
#include "ui/link/engine_link.h"
#include "ui/plots/plot_export.h"
#include "ui/window/first_run.h"
#include "ui/window/window_actions.h"

#include <QMainWindow>
#include <map>
#include <optional>
#include <vector>

class QDockWidget;
class QTabWidget;

namespace lora {

class BannerArea;
class LaboratoryPage;
class LiveView;
class MessageLog;
class Playground;
class ProfileView;
class RunsPage;
class SetupColumn;
class SweepsPage;

/// What the window is made from.
struct WindowParts {
    std::function<Work(Emit)> makeWork; ///< open_session, or a test's script
    Devices devices;
    Places places;
};

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(WindowParts parts, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Opens what the first start shows, or `path` in place of the small model, and looks for a broken run.
    void begin(const QString& path = {});
    /// Opens by what the path seems to be; says so where it seems nothing that is known.
    void openPath(const QString& path);

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildDocks();
    void showDocksOf(const QWidget* page);
    void connectActions();
    void connectSetup();
    void connectLink();
    void connectRunEvents();
    void connectPlayground();
    void connectRuns();
    void connectLaboratory();
    void connectSweeps();

    void refresh();
    SetupStatus status() const;
    void open(FileKind kind, const QString& path);
    void remember(FileKind kind, const QString& path);
    void fillRecent();
    void loadModel();
    void loadDataset();
    void startRun();
    void chooseNextRanks();
    void resumeRun();
    void takeModel(std::shared_ptr<const ModelSummary> model);
    void takeRecord(const std::shared_ptr<const RunRecord>& record);
    void offerBrokenRun();
    void chooseModelFolder();
    void chooseModelFile();
    void chooseDataset(bool evaluation);
    void chooseAdapter();
    void chooseStartAdapter();
    void chooseRun();
    void saveAdapterAs();
    void saveSmaller();
    void takeAdvice(const RankAdvised& advised);
    void saveTruncatedAs();
    void compareWithAdapter();
    void chooseAdviceData();
    void mergeModelAs();
    void exportGgufAs();
    void exportRun();
    /// What an export takes: the plot of the page in sight.
    struct ExportedPlot {
        QCustomPlot* plot;
        Table table;
        QString name;
    };
    ExportedPlot currentPlot() const;
    void exportCurrentPlot();
    void setTheme(const QString& name);
    void say(const QString& text);
    void warn(const QString& text);
    void complain(const QString& text);
    void alarm(const Alarm& alarm);
    void askBeforeClosing();

    WindowParts parts_;
    QPalette desktop_; ///< the desktop's own palette, for the system theme
    std::unique_ptr<EngineLink> link_;
    WindowActions actions_;
    SetupColumn* setup_;
    BannerArea* banners_;
    LiveView* live_;
    LaboratoryPage* laboratory_;
    SweepsPage* sweeps_;
    RunsPage* runs_;
    Playground* playground_;
    MessageLog* log_;
    ProfileView* profile_;
    QTabWidget* tabs_;
    std::shared_ptr<const ModelSummary> model_;
    AdapterChanged adapter_;
    std::optional<QString> resumable_; ///< the folder of an opened run that can go on
    QString runFolder_;
    MethodKind runMethod_ = MethodKind::Lora; ///< of the run that was started last
    QDockWidget* setupDock_ = nullptr;
    std::vector<QDockWidget*> talkDocks_;    ///< playground and messages
    std::map<QDockWidget*, bool> wasHidden_; ///< docks that the page in sight has put away, and how they were
    bool savesWhenAdvised_ = false; ///< the menu was asked for a smaller adapter before anything was measured
    bool closing_ = false;          ///< the user chose to stop and leave
};

} // namespace lora
