#pragma once
// All that was said since the start, with the time it was said.

#include <QPlainTextEdit>

namespace lora {

class MessageLog : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit MessageLog(QWidget* parent = nullptr);

    /// For those who look.
    void add(const QString& text);
    /// What somebody should have seen: it counts as unseen until the log is in sight.
    void note(const QString& text);
    /// In sight, whatever dock it is in.
    void bringForward();

Q_SIGNALS:
    void unseenChanged(int messages);

protected:
    void showEvent(QShowEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void setUnseen(int messages);

    int unseen_ = 0;
};

} // namespace lora
