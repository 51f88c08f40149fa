#pragma once
// Runs that wait for their turn: the next begins when one ends. A run that cannot start keeps its place with
// the reason, and those after it go on. What waits is kept over the window's end, and begins by hand then.

#include "engine/settings/settings.h"
#include "ui/window/setup_desk.h"

#include <QObject>
#include <QString>
#include <vector>

namespace lora {

struct QueuedRun {
    RunSettings settings;
    QString fault; ///< why it did not start; empty: it waits
};

class RunQueue : public QObject {
    Q_OBJECT
public:
    RunQueue(EngineLink& link, SetupDesk& desk, QObject* parent);

    const std::vector<QueuedRun>& runs() const { return runs_; }
    void add(const RunSettings& settings);
    void remove(std::size_t run);
    /// One place up or down; nothing beyond the ends.
    void move(std::size_t run, int by);
    /// A run that did not start waits again.
    void retry(std::size_t run);
    /// Starts the first that waits, where the engine is at rest.
    void begin();
    bool canBegin() const;

Q_SIGNALS:
    void changed();
    void said(const QString& text);
    void complained(const QString& text);

private:
    void followLink();
    void takeRefusal(const Refused& refused);
    void endOf(bool finished);
    std::size_t firstWaiting() const; ///< runs_.size() where none is
    void keep() const;
    void recall();

    EngineLink& link_;
    SetupDesk& desk_;
    std::vector<QueuedRun> runs_;
    SetupDesk::Asked asked_; ///< of the first that waits, until it has started or was refused
    QString loadFault_;      ///< why its model could not be opened
    bool starting_ = false;
    bool due_ = false;   ///< the next begins as soon as the engine is at rest
    bool sweep_ = false; ///< one is under way, whose runs are not the queue's
};

/// A line for people: method, model and data, and what of its settings no other one has.
QString queuedText(const std::vector<QueuedRun>& runs, std::size_t run);

} // namespace lora
