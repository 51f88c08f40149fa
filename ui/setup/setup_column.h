#pragma once
// The left column: what will run, from top to bottom as one works, with its cost, what is doubtful
// about it and the start button always in sight.

#include "engine/machine/memory.h"
#include "engine/plausibility/run_pace.h"
#include "engine/run_settings/fault.h"
#include "engine/settings/method_switch.h"
#include "ui/elements/enabled_actions.h"
#include "ui/plots/layer_grid.h"
#include "ui/setup/settings_history.h"

#include <QWidget>
#include <functional>
#include <memory>
#include <optional>

namespace lora {

class CommandView;
class DataPanel;
class HistoryBar;
class LoraPanel;
class MethodPanel;
class ModelPanel;
class Section;
class SettingsForm;
class StartPanel;
class TargetGrid;

class SetupColumn : public QWidget {
    Q_OBJECT
public:
    /// Tells the memory that a device has for a run.
    using Room = std::function<std::optional<MemoryRoom>(const std::string& device)>;
    explicit SetupColumn(QWidget* parent = nullptr, Room room = memory_room);

    void setDevices(const Devices& devices);
    /// Fills all fields.
    void read(const RunSettings& settings);
    /// What was read and edited since, and nothing else. A field whose text is no value leaves its setting as
    /// it was, and status() is not sound.
    const RunSettings& settings() const { return settings_; }
    void setModel(std::shared_ptr<const ModelSummary> model);
    void setDataset(const DatasetLoaded& dataset);
    /// There is none, and why.
    void refuseDataset(const QString& why);
    const LayerGrid& grid() const;
    /// All but `adapter` and `resumable`, which the column does not know.
    SetupStatus status() const;
    void setState(const EnabledActions& enabled, const QString& hint);
    /// How fast a run went, for the time of the next one.
    void setPace(const std::optional<RunPace>& pace);
    /// Ranks of single linears for the next run.
    void setRanks(const RankPattern& ranks);
    /// For the equal command.
    void setRunFolder(const QString& folder);

Q_SIGNALS:
    void modelWanted();
    void dataWanted();
    void changed(); ///< anything that the counts, the command or a start depend on
    void startClicked();
    void enqueueClicked();
    void modelBrowseRequested();
    void dataBrowseRequested(bool evaluation);
    void adapterBrowseRequested();

public Q_SLOTS:
    void undo();
    void redo();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void connectAll();
    void edit(const std::string& path, const Json& value);
    void chooseMethod(MethodKind method);
    void takeTargets();
    /// Other settings, wherever they come from, in all fields.
    void become(const RunSettings& settings);
    /// The same, and opens anew what they name.
    void turnInto(const RunSettings& settings);
    void mend(int doubt);
    void showAll();
    void refresh();
    void showPlan();
    /// Whether the dataset is what these settings name.
    bool isRead() const { return readAs_ == settings_.data; }
    void showFaults();

    RunSettings settings_;
    std::shared_ptr<const ModelSummary> summary_;
    DatasetLoaded dataset_;
    DataSettings readAs_; ///< as the settings were when it came; under others it is being read anew
    std::optional<RunPace> pace_;
    QString runFolder_;
    QString fault_; ///< the first of the settings'
    bool sound_ = false;
    bool unread_ = false; ///< a field's text is no value
    MethodSwitch switch_;
    SettingsHistory history_;
    ModelPanel* model_;
    DataPanel* data_;
    MethodPanel* method_;
    TargetGrid* targets_;
    LoraPanel* lora_;
    SettingsForm* training_;
    std::vector<SettingsForm*> forms_;
    HistoryBar* bar_;
    CommandView* command_;
    StartPanel* foot_;
    Room room_;
    Section* modelSection_ = nullptr;
    Section* dataSection_ = nullptr;
    Section* targetSection_ = nullptr;
    Section* rankSection_ = nullptr;
    QWidget* fields_ = nullptr;
};

} // namespace lora
