#pragma once
// The dialog that looks for a file or folder on the engine's machine: a path to type, and what lies there.

#include "ui/link/engine_link.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QListWidget;
class QListWidgetItem;
class QPushButton;

namespace lora {

class HostFiles : public QDialog {
    Q_OBJECT
public:
    /// Begins in `folder`; empty: in the home folder there.
    HostFiles(EngineLink& link, QWidget* parent, const QString& title, const QString& folder);

    /// What is typed or selected, absolute; a file or a folder.
    QString chosen() const;

private:
    void ask(const QString& folder);
    void take(const FolderListed& listed);
    void go(const QListWidgetItem& entry);
    void select(const QListWidgetItem* entry);
    QString below(const QListWidgetItem& entry) const;

    EngineLink& link_;
    std::int64_t question_ = 0;
    QString folder_;
    QLineEdit* path_;
    QListWidget* list_;
    QLabel* fault_;
    QPushButton* open_;
};

/// Asks with that dialog, which begins where the last one of this `kind` on that machine ended; empty:
/// nothing was chosen.
QString askOnHost(EngineLink& link, QWidget* parent, const QString& title, const QString& kind,
    const QString& atFirst = {});

} // namespace lora
