#pragma once
// The one QObject that knows the engine's thread: commands go in, events come out on the GUI's thread. It
// drains thirty times a second, so that many steps a second cost one repaint; nothing is dropped.

#include "engine/worker/worker.h"

#include <QObject>
#include <QTimer>
#include <memory>
#include <utility>
#include <vector>

namespace lora {

class EngineLink : public QObject {
    Q_OBJECT
public:
    explicit EngineLink(std::function<Work(Emit)> makeWork, QObject* parent = nullptr);
    /// Asks the engine to stop and waits for its thread.
    ~EngineLink() override;

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

private:
    void drain();
    void flushSteps();
    void follow(const Event& event);
    bool isOfAnotherRun(const Event& event) const;

    std::unique_ptr<Worker> worker_;
    QTimer timer_;
    EngineState state_ = EngineState::Empty;
    RunId run_;
    std::vector<StepDone> steps_;
};

} // namespace lora
