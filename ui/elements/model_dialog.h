#pragma once
// The dialog that a model is opened by: its GGUF file, or its folder, which is chosen as a file is.

#include <QFileDialog>

namespace lora {

/// Qt's own dialog, since the desktop's choose either files or folders.
class ModelDialog : public QFileDialog {
    Q_OBJECT
public:
    ModelDialog(QWidget* parent, const QString& title, const QString& folder);

    /// What was chosen; a model's folder also where a file in it was.
    QString model() const;
    void accept() override;
};

} // namespace lora
