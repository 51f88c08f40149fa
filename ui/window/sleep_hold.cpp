#include "ui/window/sleep_hold.h"

#include <QPointer>
#include <utility>

namespace lora {

SleepHold::SleepHold(EngineLink& link, AskForHold ask, QObject* parent)
    : QObject(parent), ask_(std::move(ask)) {
    link.on<StateChanged>(this, [this](const StateChanged& changed) { follow(changed.state); });
}

// A run that is paused waits for a person, and may sleep as the machine does. Between a sweep's runs the
// engine goes on.
void SleepHold::follow(EngineState state) {
    const bool wanted = state == EngineState::Running || state == EngineState::Stopping;
    if (std::exchange(wanted_, wanted) == wanted) return;
    ++asked_;
    held_.reset();
    if (wanted) hold();
}

void SleepHold::hold() {
    ask_(tr("A model is being trained"), [self = QPointer(this), asking = asked_](SystemHold got) {
        if (!self || asking != self->asked_) return; // it goes with its last owner, which is this answer
        self->held_ = std::move(got);
        if (self->held_ || std::exchange(self->told_, true)) return;
        Q_EMIT self->said(tr("The system cannot be kept from sleeping while a run trains; where it sleeps by "
                             "itself, set that off for the time."));
    });
}

} // namespace lora
