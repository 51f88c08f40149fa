#include "ui/plots/loss_plot.h"

#include "ui/elements/quantities.h"
#include "ui/plots/log_axis.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"

#include <QCheckBox>
#include <QLabel>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

namespace lora {

using namespace Qt::StringLiterals;

LossPlot::LossPlot(QWidget* parent) : QWidget(parent), frame_(new PlotFrame(tr("Loss"), this)) {
    setObjectName(u"lossPlot"_s);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(frame_);
    buildControls();
    buildGraphs();
    recolor();
    connect(frame_, &PlotFrame::colorsChanged, this, &LossPlot::recolor);
    connect(frame_, &PlotFrame::followRequested, this, [this] {
        rescale();
        refresh();
    });
    connect(frame_->plot()->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, &LossPlot::thin);
    connect(frame_->plot(), &QCustomPlot::mouseMove, this,
        [this](QMouseEvent* event) { showReadout(event->position().x()); });
    clear();
}

void LossPlot::buildControls() {
    auto* label = new QLabel(tr("Smoothing"), this);
    smoothing_ = new QSlider(Qt::Horizontal, this);
    smoothing_->setObjectName(u"smoothing"_s);
    smoothing_->setRange(0, 99);
    smoothing_->setValue(80);
    smoothing_->setFixedWidth(90);
    smoothing_->setToolTip(
        tr("How much of the past the bold line holds; the thin line is every step's own loss."));
    log_ = new QCheckBox(tr("Log axis"), this);
    log_->setObjectName(u"logAxis"_s);
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
    raw_.graph()->setName(tr("training"));
    smooth_ = ThinnedGraph(plot->addGraph());
    smooth_.graph()->setName(tr("smoothed"));
    evaluation_ = plot->addGraph();
    evaluation_->setName(tr("evaluation"));
    plot->xAxis->setLabel(tr("step"));
    plot->yAxis->setLabel(tr("loss"));
    plot->legend->setVisible(true);
    plot->legend->setIconSize(18, plot->legend->font().pointSize() * 2);
    frame_->putLegendAbove();

    cursor_ = new QCPItemLine(plot);
    readout_ = new QCPItemText(plot);
    readout_->setPadding(QMargins(7, 4, 7, 4));
    readout_->setTextAlignment(Qt::AlignLeft);
    cursor_->setVisible(false);
    readout_->setVisible(false);
}

void LossPlot::recolor() {
    const PlotColors& colors = frame_->colors();
    raw_.graph()->setPen(QPen(colors.raw, 1));
    smooth_.graph()->setPen(QPen(colors.smooth, 2.2));
    evaluation_->setPen(QPen(colors.evaluation, 1.2, Qt::DashLine));
    evaluation_->setScatterStyle(QCPScatterStyle(
        QCPScatterStyle::ssCircle, QPen(colors.evaluation, 1.6), QBrush(colors.background), 7));
    cursor_->setPen(QPen(colors.dim, 1, Qt::DashLine));
    readout_->setColor(colors.text);
    QColor fill = colors.background;
    fill.setAlpha(235);
    readout_->setBrush(fill);
    readout_->setPen(QPen(colors.axis));
}

void LossPlot::clear() {
    curve_.clear();
    totalSteps_ = 0;
    raw_.clear();
    smooth_.clear();
    evaluation_->data()->clear();
    evaluation_->setName(tr("evaluation"));
    cursor_->setVisible(false);
    readout_->setVisible(false);
    frame_->plot()->legend->setVisible(false);
    frame_->setHint(tr("The loss of every step appears here once a run has started."));
    frame_->setFollows(true);
}

void LossPlot::setTotalSteps(std::int64_t total) {
    totalSteps_ = total;
    if (frame_->follows()) rescale();
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
    if (evaluation.accuracy)
        evaluation_->setName(tr("evaluation, accuracy now %1").arg(shareText(*evaluation.accuracy)));
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
    double last = static_cast<double>(std::max<std::int64_t>(totalSteps_, 10));
    if (!curve_.steps().empty()) last = std::max(last, static_cast<double>(curve_.steps().back().step));
    plot->xAxis->setRange(-last * 0.01, last * 1.01);
    if (plot->yAxis->scaleType() == QCPAxis::stLogarithmic) {
        low = std::max(low, 1e-6);
        plot->yAxis->setRange(any ? low / 1.3 : 0.1, any ? std::max(high, low) * 1.3 : 10);
    } else {
        const double margin = std::max(0.05 * (high - low), 0.02);
        plot->yAxis->setRange(any ? std::max(0.0, low - margin) : 0, any ? high + margin : 1);
    }
}

void LossPlot::refresh() {
    const bool empty = curve_.steps().empty() && curve_.evaluations().empty();
    if (!empty) frame_->setHint({});
    frame_->plot()->legend->setVisible(!empty);
    if (frame_->follows()) rescale();
    thin();
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

void LossPlot::thin() const {
    raw_.show();
    smooth_.show();
}

void LossPlot::showReadout(double pixelX) {
    QCustomPlot* plot = frame_->plot();
    const int index = curve_.nearest(plot->xAxis->pixelToCoord(pixelX));
    const bool inside =
        index >= 0 && plot->axisRect()->left() <= pixelX && pixelX <= plot->axisRect()->right();
    cursor_->setVisible(inside);
    readout_->setVisible(inside);
    if (inside) {
        const auto at = static_cast<std::size_t>(index);
        const StepRecord& step = curve_.steps()[at];
        const auto x = static_cast<double>(step.step);
        cursor_->start->setTypeX(QCPItemPosition::ptPlotCoords);
        cursor_->start->setTypeY(QCPItemPosition::ptAxisRectRatio);
        cursor_->end->setTypeX(QCPItemPosition::ptPlotCoords);
        cursor_->end->setTypeY(QCPItemPosition::ptAxisRectRatio);
        cursor_->start->setCoords(x, 0);
        cursor_->end->setCoords(x, 1);
        readout_->setText(tr("step %1\nloss %2\nsmoothed %3\nlearning rate %4\ngradient norm %5")
                              .arg(step.step)
                              .arg(measureText(step.loss), measureText(curve_.smoothed()[at]),
                                  QString::number(step.lr, 'g', 3), measureText(step.grad_norm)));
        const bool leftHalf = pixelX < plot->axisRect()->center().x();
        readout_->setPositionAlignment((leftHalf ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignTop);
        readout_->position->setTypeX(QCPItemPosition::ptAbsolute);
        readout_->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        readout_->position->setCoords(plot->xAxis->coordToPixel(x) + (leftHalf ? 8 : -8), 0.04);
    }
    plot->replot(QCustomPlot::rpQueuedReplot);
}

Table LossPlot::table() const {
    Table table{{u"step"_s, u"loss"_s, u"smoothed"_s, u"lr"_s, u"grad_norm"_s, u"tokens"_s, u"tokens_per_s"_s,
                    u"evaluation_loss"_s, u"accuracy"_s},
        {}};
    std::map<std::int64_t, EvaluationRecord> evaluations;
    for (const EvaluationRecord& evaluation : curve_.evaluations()) evaluations[evaluation.step] = evaluation;
    const auto takeEvaluation = [&](std::int64_t step) -> std::pair<QString, QString> {
        const auto found = evaluations.find(step);
        if (found == evaluations.end()) return {};
        std::pair cells{cell(found->second.loss), cell(found->second.accuracy)};
        evaluations.erase(found);
        return cells;
    };
    for (std::size_t i = 0; i < curve_.steps().size(); ++i) {
        const StepRecord& step = curve_.steps()[i];
        const auto [evaluated, accuracy] = takeEvaluation(step.step);
        table.rows.push_back({QString::number(step.step), cell(step.loss), cell(curve_.smoothed()[i]),
            cell(step.lr), cell(step.grad_norm), QString::number(step.tokens), cell(step.tokens_per_s),
            evaluated, accuracy});
    }
    for (const auto& [step, evaluation] : evaluations)
        table.rows.push_back({QString::number(step), {}, {}, {}, {}, {}, {}, cell(evaluation.loss),
            cell(evaluation.accuracy)});
    std::stable_sort(
        table.rows.begin(), table.rows.end(), [](const QStringList& one, const QStringList& other) {
            return one.front().toLongLong() < other.front().toLongLong();
        });
    return table;
}

} // namespace lora
