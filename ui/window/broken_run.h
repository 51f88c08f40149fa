#pragma once
// At the start: the newest run that was cut off is offered to go on with, or to open where it cannot. Runs
// are listed off the window's thread, since each one's events are looked into.

#include "ui/elements/background_reader.h"
#include "ui/link/engine_link.h"

#include <QObject>
#include <QString>

namespace lora {

class Notices;
struct RunListing;

class BrokenRunOffer : public QObject {
    Q_OBJECT
public:
    BrokenRunOffer(EngineLink& link, Notices& notices, const QString& runs, QObject* parent);

    void look();

private:
    void offer(const RunListing& run);

    EngineLink& link_;
    Notices& notices_;
    QString runs_;
    BackgroundReader reader_;
};

} // namespace lora
