#pragma once
// The dialog that opens a model or an adapter, which may be a file or a folder: both are chosen in one place.

#include "ui/elements/file_kind.h"

#include <QFileDialog>

namespace lora {

class OpeningDialog : public QFileDialog {
    Q_OBJECT
public:
    /// `kind` is Model or Adapter.
    OpeningDialog(QWidget* parent, FileKind kind, const QString& title, const QString& folder);

    /// The file, or the folder of those that are one thing together.
    QString chosen() const;
    /// Takes a folder that is what is sought, and goes into any other.
    void accept() override;

private:
    bool isSought(const QString& folder) const;

    FileKind kind_;
};

} // namespace lora
