#include "ui/plots/loss_plot.h"

#include "ui/plots/log_axis.h"
#include "ui/plots/loss_table.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/plots/step_axis.h"

#include <QCheckBox>
#include <QLabel>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

LossPlot::LossPlot(QWidget* parent) : QWidget(parent), frame_(new PlotFrame(tr("Loss"), this)) {
    setObjectName(u"lossPlot"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(frame_);
    buildControls();
    buildGraphs();
    countSteps(*frame_->plot()->xAxis);
    recolor();
    connect(frame_, &PlotFrame::colorsChanged, this, &LossPlot::recolor);
    connect(frame_, &PlotFrame::followRequested, this, [this] {
        rescale();
        refresh();
    });
    connect(frame_->plot()->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, &LossPlot::thin);
    connect(frame_->plot(), &QCustomPlot::mouseMove, this,
        [this](QMouseEvent* event) { reading_->readAt(event->position().x()); });
    connect(frame_, &PlotFrame::pointerLeft, this, [this] { reading_->stop(); });
    frame_->explain(explainLoss());
    frame_->setTableSource([this] { return table(); });
    clear();
}

void LossPlot::buildControls() {
    auto* label = new QLabel(tr("Smoothing"), this);
    smoothing_ = new QSlider(Qt::Horizontal, this);
    smoothing_->setObjectName(u"smoothing"_s);
    smoothing_->setRange(0, 99);
    smoothing_->setValue(60);
    smoothing_->setAccessibleName(tr("Smoothing"));
    smoothing_->setFixedWidth(90);
    smoothing_->setToolTip(
        tr("How much of the past the bold line holds; the thin line is every step's own loss."));
    curve_.setSmoothing(smoothing_->value() / 100.0);
    log_ = new QCheckBox(tr("Log axis"), this);
    log_->setObjectName(u"logAxis"_s);
    log_->setToolTip(tr("The loss on a logarithmic axis: equal distances are equal shares"));
    frame_->addControl(label);
    frame_->addControl(smoothing_);
    frame_->addControl(log_);
    connect(log_, &QCheckBox::toggled, this, &LossPlot::setLogScale);
    connect(smoothing_, &QSlider::valueChanged, this, [this](int percent) {
        curve_.setSmoothing(percent / 100.0);
        redrawSmoothed();
        refresh();
    });
}

void LossPlot::buildGraphs() {
    QCustomPlot* plot = frame_->plot();
    raw_ = ThinnedGraph(plot->addGraph());
    smooth_ = ThinnedGraph(plot->addGraph());
    evaluation_ = plot->addGraph();
    plot->yAxis->setLabel(tr("loss"));
    fitNumbers(*plot->yAxis);
    plot->legend->setVisible(true);
    plot->legend->setIconSize(18, plot->legend->font().pointSize() * 2);
    frame_->putLegendAbove();
    reading_.emplace(*plot, curve_, LossReading::Curves{raw_.graph(), smooth_.graph(), evaluation_});
}

void LossPlot::recolor() {
    const PlotColors& colors = frame_->colors();
    raw_.setPen(QPen(colors.raw, 1));
    smooth_.setPen(QPen(colors.smooth, 2.2));
    evaluation_->setPen(QPen(colors.evaluation, 1.2, Qt::DashLine));
    evaluation_->setScatterStyle(QCPScatterStyle(
        QCPScatterStyle::ssCircle, QPen(colors.evaluation, 1.6), QBrush(colors.background), 7));
    reading_->recolor(colors.dim);
}

void LossPlot::clear() {
    curve_.clear();
    totalSteps_ = 0;
    raw_.clear();
    smooth_.clear();
    evaluation_->data()->clear();
    reading_->stop();
    frame_->plot()->legend->setVisible(false);
    frame_->setHint(tr("The loss of every step of a run appears here."));
    frame_->setFollows(true);
}

void LossPlot::setTotalSteps(std::int64_t total) {
    totalSteps_ = total;
    refresh();
}

void LossPlot::add(const std::vector<StepRecord>& steps) {
    for (const StepRecord& step : steps) {
        curve_.add(step);
        raw_.add(static_cast<double>(step.step), step.loss);
        smooth_.add(static_cast<double>(step.step), curve_.smoothed().back());
    }
    refresh();
}

void LossPlot::add(const EvaluationRecord& evaluation) {
    curve_.add(evaluation);
    evaluation_->addData(static_cast<double>(evaluation.step), evaluation.loss);
    refresh();
}

void LossPlot::setLogScale(bool on) {
    QCustomPlot* plot = frame_->plot();
    log_->setChecked(on);
    setLogarithmic(*plot->yAxis, on);
    frame_->setFollows(true);
}

void LossPlot::redrawSmoothed() {
    smooth_.clear();
    for (std::size_t i = 0; i < curve_.steps().size(); ++i)
        smooth_.add(static_cast<double>(curve_.steps()[i].step), curve_.smoothed()[i]);
}

void LossPlot::rescale() {
    QCustomPlot* plot = frame_->plot();
    double low = 0;
    double high = 1;
    bool any = false;
    const auto take = [&](double loss) {
        low = any ? std::min(low, loss) : loss;
        high = any ? std::max(high, loss) : loss;
        any = true;
    };
    if (raw_.curve().size() > 0) {
        take(raw_.curve().lowest());
        take(raw_.curve().highest());
    }
    for (const EvaluationRecord& evaluation : curve_.evaluations()) take(evaluation.loss);
    constexpr double unknownLength = 10;
    double last = totalSteps_ > 0 ? static_cast<double>(totalSteps_) : unknownLength;
    if (!curve_.steps().empty()) last = std::max(last, static_cast<double>(curve_.steps().back().step));
    const QCPRange steps(-last * 0.01, last * 1.01);
    if (plot->yAxis->scaleType() == QCPAxis::stLogarithmic) {
        low = std::max(low, 1e-6);
        frame_->setWholeView(steps, any ? QCPRange(low / 1.3, std::max(high, low) * 1.3) : QCPRange(0.1, 10));
    } else {
        const double margin = std::max(0.05 * (high - low), 0.02);
        frame_->setWholeView(
            steps, any ? QCPRange(std::max(0.0, low - margin), high + margin) : QCPRange(0, 1));
    }
}

void LossPlot::refresh() {
    const bool empty = curve_.steps().empty() && curve_.evaluations().empty();
    if (!empty) frame_->setHint({});
    frame_->plot()->legend->setVisible(!empty);
    rescale();
    reading_->nameCurves();
    thin();
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

void LossPlot::thin() const {
    raw_.show();
    smooth_.show();
}

Table LossPlot::table() const { return lossTable(curve_); }

} // namespace lora
