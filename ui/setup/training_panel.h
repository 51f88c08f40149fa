#pragma once
// How the run goes: learning rate, length, batch and schedule; the rest behind a fold.

#include "engine/machine/device_info.h"
#include "engine/settings/settings.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace lora {

class TrainingPanel : public QWidget {
    Q_OBJECT
public:
    explicit TrainingPanel(QWidget* parent = nullptr);

    /// What only a GPU can do is offered where there is one.
    void setDevices(const Devices& devices);
    void read(const RunSettings& settings);
    void write(RunSettings& settings) const;
    /// Unfolds what is hidden, where a fault is told.
    void showFaults();

Q_SIGNALS:
    void changed();

private:
    QWidget* buildAdvanced();
    void connectAll();

    QLineEdit* lr_; ///< text, for 2e-4 is how people write it
    QComboBox* lengthKind_;
    QSpinBox* length_;
    QSpinBox* batch_;
    QComboBox* schedule_;
    QSpinBox* accumulate_;
    QCheckBox* checkpointing_;
    QCheckBox* offload_;
    QSpinBox* warmup_;
    QDoubleSpinBox* weightDecay_;
    QDoubleSpinBox* clip_;
    QLineEdit* seed_;
    QSpinBox* evalEvery_;
    QSpinBox* spectrumEvery_;
    QSpinBox* checkpointEvery_;
    QSpinBox* threads_;
    QToolButton* fold_ = nullptr; ///< of what is advanced
    QWidget* advanced_ = nullptr;
};

} // namespace lora
