#pragma once
// Holds the machine's sleep off while something trains, and lets it go at the end.

#include "ui/link/engine_link.h"

#include <QObject>
#include <QString>
#include <functional>
#include <memory>

namespace lora {

/// What the system holds off, as long as it lives; null: the system would not, or cannot.
using SystemHold = std::shared_ptr<void>;
/// Asks the system to hold sleep off, for a reason in words; what it got is told now or later.
using AskForHold = std::function<void(const QString& why, std::function<void(SystemHold)> got)>;

class SleepHold : public QObject {
    Q_OBJECT
public:
    SleepHold(EngineLink& link, AskForHold ask, QObject* parent);

Q_SIGNALS:
    void said(const QString& words); ///< that it cannot be held off, once

private:
    void follow(EngineState state);
    void hold();

    AskForHold ask_;
    SystemHold held_;
    bool wanted_ = false;
    int asked_ = 0; ///< times; an answer to an older asking is dropped
    bool told_ = false;
};

} // namespace lora
