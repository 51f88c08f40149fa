#pragma once
// The window: set-up on the left, the run in the middle, playground and messages beneath; it follows the
// engine's state and never guesses it.

#include "ui/engine_link.h"
#include "ui/file_kind.h"
#include "ui/first_run.h"
#include "ui/window_actions.h"

#include <QMainWindow>
#include <optional>

class QTabWidget;

namespace lora {

class LiveView;
class MessageLog;
class Playground;
class SetupColumn;

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
    void connectActions();
    void connectSetup();
    void connectLink();
    void connectRunEvents();
    void connectPlayground();

    void refresh();
    SetupStatus status() const;
    void open(FileKind kind, const QString& path);
    void remember(FileKind kind, const QString& path);
    void fillRecent();
    void loadModel();
    void loadDataset();
    void startRun();
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
    void exportCurrentPlot();
    void setTheme(const QString& name);
    void say(const QString& text);
    void warn(const QString& text);
    void complain(const QString& text);
    void askBeforeClosing();

    WindowParts parts_;
    QPalette desktop_; ///< the desktop's own palette, for the system theme
    std::unique_ptr<EngineLink> link_;
    WindowActions actions_;
    SetupColumn* setup_;
    LiveView* live_;
    Playground* playground_;
    MessageLog* log_;
    QTabWidget* tabs_;
    std::shared_ptr<const ModelSummary> model_;
    AdapterChanged adapter_;
    std::optional<QString> resumable_; ///< the folder of an opened run that can go on
    QString runFolder_;
    bool closing_ = false; ///< the user chose to stop and leave
};

} // namespace lora
