#pragma once
// The command line that does the same as the set-up, to copy.

#include <QWidget>

class QPlainTextEdit;

namespace lora {

class CommandView : public QWidget {
    Q_OBJECT
public:
    explicit CommandView(QWidget* parent = nullptr);
    void setCommand(const QString& command);

private:
    QPlainTextEdit* command_;
};

} // namespace lora
