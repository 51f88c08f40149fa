#pragma once
// What becomes of the connection to an engine in another process, in sentences with what can be done.

#include "ui/link/engine_link.h"

#include <QObject>

namespace lora {

class Notices;
class WhereMenu;

class ConnectionNotices : public QObject {
    Q_OBJECT
public:
    ConnectionNotices(EngineLink& link, Notices& notices, WhereMenu& where);

private:
    void tell(const ConnectionChanged& now);
    void tell(const EngineLost& lost);
    QString place() const;
    QString whereItWorks(const Welcome& engine) const;

    EngineLink& link_;
    Notices& notices_;
    WhereMenu& where_;
    Reach before_ = Reach::Connecting;
    bool lostRun_ = false; ///< the engine ended with a run, and no other has come yet
};

} // namespace lora
