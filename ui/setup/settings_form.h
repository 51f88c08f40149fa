#pragma once
// A form made from rows of the table of settings: a label, a control and the place of a fault for each; what
// is needed seldom lies behind a fold. Knows no setting by name.

#include "engine/run_settings/fault.h"
#include "engine/run_settings/setting.h"

#include <QWidget>
#include <vector>

class QToolButton;

namespace lora {

class FieldGrid;
class Note;
class SettingEditor;

class SettingsForm : public QWidget {
    Q_OBJECT
public:
    /// All settings of a group but `left_out`.
    explicit SettingsForm(
        SettingGroup group, const std::vector<std::string>& leftOut = {}, QWidget* parent = nullptr);

    /// What needs a GPU is shown where there is one.
    void setHasGpu(bool has) { hasGpu_ = has; }
    /// Puts the values into the controls, and hides what the method does not have, unless it is at a value
    /// that the method refuses. Whether anything is left to see.
    bool show(const RunSettings& settings);
    /// Each beside its control.
    void showFaults(const std::vector<Fault>& faults);
    /// What is typed and is no value.
    std::vector<Fault> unread() const;
    /// A row that is no setting, beneath one that is.
    void addBeneath(const std::string& path, QWidget* label, QWidget* field);
    void setRowVisible(QWidget* field, bool visible);

Q_SIGNALS:
    void edited(const QString& path, const lora::Json& value);
    void unreadable();
    void browseRequested(const QString& path);

private:
    struct Row {
        SettingEditor* editor;
        Note* note;
        FieldGrid* form;
    };
    void add(const Setting& setting);
    FieldGrid* folded();

    std::vector<Row> rows_;
    FieldGrid* form_;
    FieldGrid* advanced_ = nullptr;
    QToolButton* fold_ = nullptr;
    bool hasGpu_ = false;
};

/// What is wrong, in the window's words, without the setting's own name: "Expected 1 to 65536, found 0."
QString faultText(const Fault& fault);

} // namespace lora
