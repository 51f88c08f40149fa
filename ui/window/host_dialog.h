#pragma once
// The dialog that asks for a machine to work on.

#include "ui/window/where_list.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace lora {

class HostDialog : public QDialog {
    Q_OBJECT
public:
    explicit HostDialog(QWidget* parent);

    EngineHost host() const;

private:
    void check();

    QLineEdit* name_;
    QLineEdit* command_;
    QLabel* fault_;
    QPushButton* add_;
};

} // namespace lora
