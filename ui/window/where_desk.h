#pragma once
// What follows from where the engine works: the menu, what is said of the connection, the devices to choose
// from, and the set-up's model opened anew on this machine.

#include "ui/link/engine_link.h"

#include <QObject>

class QMenu;

namespace lora {

class Notices;
class SetupColumn;
class SetupDesk;

class WhereDesk : public QObject {
    Q_OBJECT
public:
    struct Parts {
        QMenu& menu;
        QString command; ///< the file of `lora`
        Devices devices; ///< of this process, as far as is known before its engine tells
        Notices& notices;
        SetupColumn& setup;
        SetupDesk& desk;
    };
    WhereDesk(EngineLink& link, const Parts& parts, QObject* parent);

private:
    bool modelWaits_ = false; ///< until an engine that was there before says what it does
};

} // namespace lora
