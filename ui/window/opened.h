#pragma once
// What is open, as the engine last told it: the model, what stands on it, the run in sight. What the buttons
// depend on beside the set-up.

#include "ui/elements/enabled_actions.h"
#include "ui/link/engine_link.h"

#include <QObject>
#include <QString>
#include <memory>
#include <optional>

namespace lora {

class Opened : public QObject {
    Q_OBJECT
public:
    explicit Opened(EngineLink& link, QObject* parent = nullptr);

    const std::shared_ptr<const ModelSummary>& model() const { return model_; } ///< null: none
    const AdapterChanged& adapter() const { return adapter_; }
    /// Of the run that was started or opened last; empty: none.
    const QString& runFolder() const { return runFolder_; }
    /// The run in sight, where it was stopped or opened unfinished and can go on from its checkpoint.
    const std::optional<QString>& resumable() const { return resumable_; }
    /// What trains where a run is under way.
    MethodKind method() const { return method_; }
    /// Whether a sweep's runs come and go.
    bool isSweep() const { return sweep_; }

    /// The set-up's status, and what is open beside it.
    SetupStatus with(SetupStatus setup) const;

Q_SIGNALS:
    void changed();

private:
    void takeRun(const std::string& folder, MethodKind method);

    std::shared_ptr<const ModelSummary> model_;
    AdapterChanged adapter_;
    QString runFolder_;
    std::optional<QString> resumable_;
    MethodKind method_ = MethodKind::Lora;
    bool sweep_ = false;
};

/// The window's title: the run in sight, if there is one, and the program.
QString titleOf(const Opened& opened);

} // namespace lora
