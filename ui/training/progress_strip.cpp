#include "ui/training/progress_strip.h"

#include "ui/elements/quantities.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int barSteps = 1000;

int barValue(std::int64_t done, std::int64_t total) {
    if (total <= 0) return 0;
    return static_cast<int>(
        std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) * barSteps);
}

} // namespace

ProgressStrip::ProgressStrip(QWidget* parent) : QWidget(parent), bar_(new QProgressBar(this)) {
    setObjectName(u"progressStrip"_s);
    bar_->setObjectName(u"progressBar"_s);
    bar_->setAccessibleName(tr("Steps done"));
    bar_->setTextVisible(false);
    bar_->setFixedHeight(6);
    bar_->setRange(0, barSteps);
    colorBar();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar_);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(12, 6, 12, 7);
    row->setSpacing(22);
    column->addLayout(row);
    const auto add = [&](const QString& name, const QString& objectName) {
        QLabel* value = addValue(name, objectName);
        row->addWidget(value->parentWidget());
        return value;
    };
    step_ = add(tr("Step"), u"stepValue"_s);
    left_ = add(tr("Time left"), u"timeLeftValue"_s);
    speed_ = add(tr("Tokens/s"), u"speedValue"_s);
    memory_ = add(tr("Memory now / peak"), u"memoryValue"_s);
    loss_ = add(tr("Loss"), u"lossValue"_s);
    row->addStretch();
    clear();
}

// A style sheet keeps the colours of the palette it was set under.
void ProgressStrip::colorBar() {
    bar_->setStyleSheet(u"QProgressBar { border: none; background: %1; }"
                        "QProgressBar::chunk { background: %2; }"_s.arg(palette().color(QPalette::Mid).name(),
                            palette().color(QPalette::Highlight).name()));
}

void ProgressStrip::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) colorBar();
}

QLabel* ProgressStrip::addValue(const QString& name, const QString& objectName) {
    auto* box = new QWidget(this);
    auto* caption = new QLabel(name, box);
    caption->setForegroundRole(QPalette::PlaceholderText);
    QFont small = caption->font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    caption->setFont(small);
    auto* value = new QLabel(box);
    value->setObjectName(objectName);
    QFont bold = value->font();
    bold.setBold(true);
    value->setFont(bold);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(caption);
    column->addWidget(value);
    return value;
}

void ProgressStrip::clear() {
    barOfRun_ = 0;
    stopWaiting();
    for (QLabel* each : {step_, left_, speed_, memory_, loss_}) each->setText(u"—"_s);
}

void ProgressStrip::showSteps(std::int64_t done, std::int64_t total) {
    barOfRun_ = barValue(done, total);
    stopWaiting();
    step_->setText(tr("%1 of %2").arg(countText(done), countText(total)));
}

void ProgressStrip::setTotalSteps(std::int64_t total) { showSteps(0, total); }

void ProgressStrip::setStep(const StepDone& step) {
    showSteps(step.record.step, step.total_steps);
    // An evaluation and the saving may follow the last step, and take longer than one.
    const bool wasLast = step.record.step >= step.total_steps;
    left_->setText(wasLast ? tr("finishing") : durationText(step.seconds_left));
    speed_->setText(countText(static_cast<std::int64_t>(step.record.tokens_per_s)));
    memory_->setText(u"%1 / %2"_s.arg(bytesText(step.memory_bytes), bytesText(step.peak_memory_bytes)));
    loss_->setText(measureText(step.record.loss));
}

void ProgressStrip::setProgress(const Progress& progress) {
    if (progress.total <= 0)
        bar_->setRange(0, 0);
    else {
        bar_->setRange(0, barSteps);
        bar_->setValue(barValue(progress.done, progress.total));
    }
}

void ProgressStrip::stopWaiting() {
    bar_->setRange(0, barSteps);
    bar_->setValue(barOfRun_);
}

void ProgressStrip::setEnded(bool finished) { left_->setText(finished ? tr("done") : tr("stopped")); }

void ProgressStrip::setRecord(const RunRecord& record) {
    clear();
    showSteps(record.steps.empty() ? 0 : record.steps.back().step, record.total_steps);
    left_->setText(record.finished ? tr("done") : tr("not finished"));
    if (record.steps.empty()) return;
    speed_->setText(countText(static_cast<std::int64_t>(record.steps.back().tokens_per_s)));
    loss_->setText(measureText(record.steps.back().loss));
}

} // namespace lora
