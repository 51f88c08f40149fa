#pragma once
// The left column: what will run, from top to bottom as one works, with its cost and the start button always
// in sight.

#include "engine/settings/memory_estimate.h"
#include "engine/settings/method_switch.h"
#include "ui/elements/enabled_actions.h"
#include "ui/plots/layer_grid.h"
#include "ui/setup/settings_history.h"

#include <QWidget>
#include <optional>

class QAction;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;

namespace lora {

class Note;
class DataPanel;
class LoraPanel;
class MethodPanel;
class ModelPanel;
class SavingsView;
class Section;
class SettingsForm;
class TargetGrid;

class SetupColumn : public QWidget {
    Q_OBJECT
public:
    explicit SetupColumn(QWidget* parent = nullptr);

    void setDevices(const Devices& devices);
    /// Fills all fields.
    void read(const RunSettings& settings);
    /// What was read and edited since, and nothing else. A field whose text is no value leaves its setting as
    /// it was, and status() is not sound.
    const RunSettings& settings() const { return settings_; }
    void setModel(std::shared_ptr<const ModelSummary> model);
    void setDataset(const DatasetLoaded& dataset);
    const LayerGrid& grid() const;
    /// All but `adapter` and `resumable`, which the column does not know.
    SetupStatus status() const;
    void setState(const EnabledActions& enabled, const QString& hint);
    /// Ranks of single linears for the next run.
    void setRanks(const RankPattern& ranks);
    /// For the equal command.
    void setRunFolder(const QString& folder);

Q_SIGNALS:
    void modelWanted();
    void dataWanted();
    void changed(); ///< anything that the counts, the command or a start depend on
    void startClicked();
    void modelBrowseRequested();
    void dataBrowseRequested(bool evaluation);
    void adapterBrowseRequested();

public Q_SLOTS:
    void undo();
    void redo();

protected:
    void changeEvent(QEvent* event) override;

private:
    void build();
    QWidget* buildCommand();
    QWidget* buildFooter();
    void colorStart();
    void connectAll();
    QWidget* buildHistory();
    void edit(const std::string& path, const Json& value);
    void chooseMethod(MethodKind method);
    void takeTargets();
    /// Other settings, wherever they come from, in all fields.
    void become(const RunSettings& settings);
    void goTo(const std::optional<RunSettings>& settings);
    void showAll();
    void refresh();
    void showCosts();
    std::optional<MemoryEstimate> memory(const Savings& savings, std::size_t linears) const;
    void showFaults();

    RunSettings settings_;
    std::shared_ptr<const ModelSummary> summary_;
    DatasetLoaded dataset_;
    QString runFolder_;
    QString fault_; ///< the first of the settings'
    bool sound_ = false;
    bool unread_ = false; ///< a field's text is no value
    std::vector<Fault> faults_;
    MethodSwitch switch_;
    SettingsHistory history_;
    ModelPanel* model_;
    DataPanel* data_;
    MethodPanel* method_;
    TargetGrid* targets_;
    LoraPanel* lora_;
    SettingsForm* training_;
    std::vector<SettingsForm*> forms_;
    QAction* undo_;
    QAction* redo_;
    Section* targetSection_ = nullptr;
    Section* rankSection_ = nullptr;
    QScrollArea* scroll_ = nullptr;
    QWidget* fields_ = nullptr;
    QPlainTextEdit* command_ = nullptr;
    SavingsView* savings_ = nullptr;
    QPushButton* start_ = nullptr;
    Note* hint_ = nullptr;
};

} // namespace lora
