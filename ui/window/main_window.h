#pragma once
// The window: docks and menus around the pages, which serve themselves. It follows the engine's state and
// never guesses it.

#include "ui/hub/hub_questions.h"
#include "ui/link/engine_link.h"
#include "ui/window/first_run.h"
#include "ui/window/sleep_hold.h"
#include "ui/window/window_actions.h"

#include <QMainWindow>
#include <memory>
#include <optional>

class QTabWidget;

namespace lora {

class AnswersPage;
class BannerArea;
class BrokenRunOffer;
class DataPage;
class Docks;
class FileDesk;
class HubDialog;
class LaboratoryPage;
class Leaving;
class LiveView;
class MessageLog;
class Notices;
class Opened;
class Playground;
class ProfileView;
class RunQueue;
class RunsPage;
class SetupColumn;
class SetupDesk;
class SweepsPage;
class WindowMemory;

/// What the window is made from.
struct WindowParts {
    std::function<Work(Emit)> makeWork; ///< the engine's, or a test's script
    Devices devices;                    ///< until the engine tells which it found
    Places places;
    AskForHold holdSleep = {}; ///< askLogindForHold; empty: sleep is left alone
    ReadHubSettings hub = hub_settings;
    QString command = {}; ///< the file of `lora`, for an engine of its own
};

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(WindowParts parts, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Opens what was set up last, or at the first start the small model and the sample; `path`, where there
    /// is one, in place of the model. Looks for a broken run.
    void begin(const QString& path = {});
    /// Opens by what the path seems to be; says so where it seems nothing that is known.
    void openPath(const QString& path);
    /// Shows what went wrong.
    void complain(const QString& why);
    /// Stops and saves what is active and closes, without a question.
    void leave();

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildPages();
    void connectFileMenu();
    void connectPages();
    void refresh();

    WindowParts parts_;
    std::unique_ptr<EngineLink> link_;
    WindowActions actions_;
    Opened* opened_;
    SetupColumn* setup_;
    BannerArea* banners_;
    LiveView* live_;
    LaboratoryPage* laboratory_;
    SweepsPage* sweeps_;
    RunsPage* runs_;
    DataPage* data_;
    AnswersPage* answers_;
    Playground* playground_;
    MessageLog* log_;
    ProfileView* profile_;
    Notices* notices_;
    SetupDesk* setupDesk_;
    RunQueue* queue_;
    FileDesk* files_;
    HubDialog* hub_;
    Leaving* leaving_;
    BrokenRunOffer* broken_;
    QTabWidget* tabs_;
    Docks* docks_ = nullptr;
    WindowMemory* memory_ = nullptr;
    std::optional<RunSettings> lastSetup_; ///< of the time before; none at the first start
};

} // namespace lora
