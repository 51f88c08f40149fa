#pragma once
// The update's own numbers: rank, alpha and the scale that follows from them, dropout, how A begins.

#include "engine/run_settings/run_settings.h"

#include <QWidget>

class QLabel;

namespace lora {

class SettingsForm;

class LoraPanel : public QWidget {
    Q_OBJECT
public:
    explicit LoraPanel(QWidget* parent = nullptr);

    /// Shows what the settings' method takes, and the scale that they come to. Whether anything is left to
    /// see.
    bool show(const RunSettings& settings);
    SettingsForm* form() const { return form_; }

private:
    SettingsForm* form_;
    QLabel* scale_;
    QLabel* scaleName_;
};

} // namespace lora
