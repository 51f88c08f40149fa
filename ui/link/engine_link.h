#pragma once
// The one QObject that knows the engine, on a thread of this process or in another one: commands go in,
// events come out on the GUI's thread. It drains thirty times a second, so that many steps a second cost one
// repaint; nothing is dropped.

#include "engine/reach/remote_engine.h"
#include "engine/worker/worker.h"

#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace lora {

class EngineLink : public QObject {
    Q_OBJECT
public:
    explicit EngineLink(std::function<Work(Emit)> makeWork, QObject* parent = nullptr);
    /// Asks the engine to stop and waits for its thread. One in another process goes on where a run is
    /// active.
    ~EngineLink() override;

    /// Lets another engine work from here on; what was open is open no more, as ModelClosed tells with `why`.
    /// None: one on a thread of this process.
    void workAt(const std::optional<EnginePlace>& place, const QString& why = {});
    /// The engine in another process; null: it is in this one.
    RemoteEngine* remote() const { return remote_.get(); }
    /// Whether its files are those of another machine.
    bool isElsewhere() const { return remote_ && !remote_->place().is_here; }
    /// How it stands with the engine in another process.
    const ConnectionChanged& connection() const { return connection_; }

    RequestId post(Command command);
    /// As the engine last told it.
    EngineState state() const { return state_; }
    /// The run whose events are let through; 0 if none.
    RunId run() const { return run_; }

    /// take(event) for every event of type E from now on, as long as `owner` lives. Steps come by stepsDone.
    template <class E, class Take>
    void on(QObject* owner, Take take) {
        connect(this, &EngineLink::told, owner, [take = std::move(take)](const Event& event) {
            if (const auto* each = std::get_if<E>(&event)) take(*each);
        });
    }

Q_SIGNALS:
    void told(const lora::Event& event);                      ///< each but the steps, in order
    void stepsDone(const std::vector<lora::StepDone>& steps); ///< all since the last drain, in order
    void placeChanged();                                      ///< workAt() was called
    // Of an engine in another process.
    void connectionChanged(const lora::ConnectionChanged& now);
    void engineLost(const lora::EngineLost& lost);
    void folderListed(const lora::FolderListed& listed);

private:
    void drain();
    void tellAll(std::vector<Event> events);
    void tellNews();
    void tell(const Event& event);
    void flushSteps();
    void follow(const Event& event);
    bool isOfAnotherRun(const Event& event) const;

    std::function<Work(Emit)> makeWork_;
    std::unique_ptr<Worker> worker_;       ///< this or
    std::unique_ptr<RemoteEngine> remote_; ///< that
    ConnectionChanged connection_;
    std::int64_t postedBefore_ = 0; ///< to engines before this one, whose numbers begin anew
    std::int64_t posted_ = 0;
    QTimer timer_;
    EngineState state_ = EngineState::Empty;
    RunId run_;
    std::vector<StepDone> steps_;
};

} // namespace lora
