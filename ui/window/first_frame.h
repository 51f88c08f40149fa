#pragma once
// When a window's first picture is on the screen.

#include <QObject>

class QWidget;

namespace lora {

class FirstFrame : public QObject {
    Q_OBJECT
public:
    explicit FirstFrame(QWidget& window);

Q_SIGNALS:
    void shown(); ///< once

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace lora
