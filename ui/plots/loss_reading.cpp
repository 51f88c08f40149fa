#include "ui/plots/loss_reading.h"

#include "ui/elements/quantities.h"
#include "ui/elements/words.h"
#include "ui/plots/plot.h"
#include "ui/plots/score_words.h"

namespace lora {

LossReading::LossReading(QCustomPlot& plot, const LossCurve& losses, const Curves& curves)
    : plot_(plot), losses_(losses), curves_(curves), cursor_(new QCPItemLine(&plot)) {
    for (QCPItemPosition* end : {cursor_->start, cursor_->end}) {
        end->setTypeX(QCPItemPosition::ptPlotCoords);
        end->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
    cursor_->setVisible(false);
}

void LossReading::recolor(const QColor& color) { cursor_->setPen(QPen(color, 1, Qt::DashLine)); }

void LossReading::nameCurves() {
    QCPAxis* axis = plot_.xAxis;
    const auto& steps = losses_.steps();
    const bool reads = 0 <= read_ && read_ < static_cast<int>(steps.size());
    if (!steps.empty()) {
        const std::size_t at = reads ? static_cast<std::size_t>(read_) : steps.size() - 1;
        curves_.training->setName(tr("training %1").arg(measureText(steps[at].loss)));
        curves_.smoothed->setName(tr("smoothed %1").arg(measureText(losses_.smoothed()[at])));
        axis->setLabel(reads
                           ? tr("step %1 · learning rate %2 · gradient norm %3")
                                 .arg(steps[at].step)
                                 .arg(QString::number(steps[at].lr, 'g', 3), measureText(steps[at].grad_norm))
                           : tr("step"));
    } else {
        curves_.training->setName(tr("training"));
        curves_.smoothed->setName(tr("smoothed"));
        axis->setLabel(tr("step"));
    }
    nameEvaluation();
}

void LossReading::nameEvaluation() {
    const auto best = losses_.bestEvaluation();
    if (!best) return curves_.evaluation->setName(tr("evaluation"));
    const EvaluationRecord& last = losses_.evaluations().back();
    QString words = tr("evaluation %1").arg(measureText(last.loss));
    words += scoresText(last);
    if (best->step != last.step) words += tr(", best %1 at %2").arg(measureText(best->loss)).arg(best->step);
    curves_.evaluation->setName(words);
}

void LossReading::readAt(double x) {
    const int index = losses_.nearest(plot_.xAxis->pixelToCoord(x));
    const QCPAxisRect* inside = plot_.axisRect();
    if (index < 0 || x < inside->left() || inside->right() < x) return stop();
    read_ = index;
    const auto step = static_cast<double>(losses_.steps()[static_cast<std::size_t>(index)].step);
    cursor_->setVisible(true);
    cursor_->start->setCoords(step, 0);
    cursor_->end->setCoords(step, 1);
    nameCurves();
    plot_.replot(QCustomPlot::rpQueuedReplot);
}

void LossReading::stop() {
    read_ = -1;
    cursor_->setVisible(false);
    nameCurves();
    plot_.replot(QCustomPlot::rpQueuedReplot);
}

} // namespace lora
