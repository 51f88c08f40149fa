#pragma once
// What the laboratory's views share: an explanation on top, a row of controls, how far the work is; and what
// each can be asked for.

#include "engine/worker/messages.h"
#include "ui/plots/plot_export.h"

#include <QWidget>

class QCustomPlot;
class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace lora {

class LaboratoryView : public QWidget {
    Q_OBJECT
public:
    LaboratoryView(const QString& explanation, QWidget* parent);

    /// Another adapter, or none: what was found is let go.
    virtual void clear() = 0;
    /// Whether the engine takes a question now; why it does not stands in `hint`.
    void setUsable(bool usable, const QString& hint);
    void setProgress(const AnalysisProgress& progress);
    /// The work ended.
    void endProgress();
    /// The request that the view's question was posted as, to be answered.
    void await(RequestId request) { request_ = request; }
    RequestId awaited() const { return request_; }
    bool isAtWork() const;
    /// For an export.
    virtual QCustomPlot* plot() const = 0;
    virtual Table table() const = 0;
    virtual QString name() const = 0;

Q_SIGNALS:
    void asked(const lora::Command& command);

protected:
    /// For controls, left to right; the start button stands at the end.
    QHBoxLayout* controls() const { return controls_; }
    QVBoxLayout* column() const { return column_; }
    QPushButton* start() const { return start_; }
    /// A sentence on what was found, above the content.
    void tell(const QString& finding);
    /// Takes the row of controls to the state "working", from start to endProgress().
    void beginProgress();

private:
    RequestId request_; ///< of the last question
    QVBoxLayout* column_;
    QHBoxLayout* controls_;
    QLabel* hint_;
    QLabel* finding_;
    QPushButton* start_;
    QPushButton* stop_;
    QProgressBar* progress_;
};

} // namespace lora
