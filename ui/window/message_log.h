#pragma once
// All that was said since the start, with the time it was said.

#include <QPlainTextEdit>

namespace lora {

class MessageLog : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit MessageLog(QWidget* parent = nullptr);
    void add(const QString& text);
};

} // namespace lora
