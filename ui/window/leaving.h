#pragma once
// Closing the window while a run is active: asked about first, then the run is stopped and saved.

#include "ui/link/engine_link.h"

#include <QObject>

class QWidget;

namespace lora {

class Leaving : public QObject {
    Q_OBJECT
public:
    Leaving(EngineLink& link, QWidget* window);

    /// Whether nothing would be lost; else the person is asked.
    bool mayClose();
    /// Stops and saves what is active and closes the window, without a question.
    void leave();

private:
    void ask();

    EngineLink& link_;
    QWidget* window_;
    bool leaving_ = false;
    bool goesOn_ = false; ///< the run, in an engine of its own
};

} // namespace lora
