#pragma once
// Which model runs, on what, in which number type; and what the model is once it is open.

#include "engine/checkpoints/summary.h"
#include "engine/machine/device_info.h"
#include "engine/settings/settings.h"

#include <QWidget>
#include <memory>

class QComboBox;
class QLabel;

namespace lora {

class Note;
class PathField;
class SettingEditor;

/// One line for people: "llama · 134.5 M parameters · 30 layers · GGUF Q4_1".
QString summaryLine(const ModelSummary& model);

class ModelPanel : public QWidget {
    Q_OBJECT
public:
    explicit ModelPanel(QWidget* parent = nullptr);

    void setDevices(const Devices& devices);
    /// Fills the fields; nothing is opened by it.
    void show(const RunSettings& settings);
    void setModel(const std::shared_ptr<const ModelSummary>& model);

Q_SIGNALS:
    void browseRequested();
    /// Path, device, number type or what becomes of quantized weights were chosen anew.
    void edited(const QString& path, const lora::Json& value);

private:
    PathField* path_;
    Note* summary_;
    QComboBox* device_;
    Note* deviceNote_;
    SettingEditor *dtype_, *quantized_;
};

} // namespace lora
