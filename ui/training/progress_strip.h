#pragma once
// How far a run or a load has come, and what it costs: steps, time left, tokens/s, memory, loss.

#include "engine/worker/messages.h"

#include <QWidget>

class QLabel;
class QProgressBar;

namespace lora {

class ProgressStrip : public QWidget {
    Q_OBJECT
public:
    explicit ProgressStrip(QWidget* parent = nullptr);

    void clear();
    void setTotalSteps(std::int64_t total);
    void setStep(const StepDone& step);
    void setProgress(const Progress& progress);
    /// A load was given up: the bar is the run's again.
    void stopWaiting();
    /// After the last step: the time left is over.
    void setEnded(bool finished);
    /// What a past run had come to.
    void setRecord(const RunRecord& record);

protected:
    void changeEvent(QEvent* event) override;

private:
    void colorBar();
    QLabel* addValue(const QString& name, const QString& objectName);
    void showSteps(std::int64_t done, std::int64_t total);

    QProgressBar* bar_;
    int barOfRun_ = 0; ///< what the bar shows but for a load
    QLabel* step_;
    QLabel* left_;
    QLabel* speed_;
    QLabel* memory_;
    QLabel* loss_;
};

} // namespace lora
