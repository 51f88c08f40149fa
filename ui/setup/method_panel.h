#pragma once
// What is trained: the method, the sentence on it, and the settings that it alone has.

#include "engine/run_settings/run_settings.h"

#include <QWidget>

namespace lora {

class MethodChooser;
class Note;
class SettingsForm;

class MethodPanel : public QWidget {
    Q_OBJECT
public:
    explicit MethodPanel(QWidget* parent = nullptr);

    void show(const RunSettings& settings);
    SettingsForm* form() const { return form_; }

Q_SIGNALS:
    void methodChosen(lora::MethodKind method);

private:
    MethodChooser* chooser_;
    Note* about_;
    SettingsForm* form_;
};

} // namespace lora
