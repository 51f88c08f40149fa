#include "ui/runs/run_overlay.h"

#include "engine/measures/label_scores.h"
#include "engine/measures/measures.h"
#include "ui/elements/tool_tip.h"
#include "ui/plots/log_axis.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/plots/step_axis.h"

#include <QCheckBox>
#include <QComboBox>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// A curve's name for people.
QString words(const std::string& name) {
    static const std::pair<const char*, const char*> all[] = {
        {"train/loss", QT_TRANSLATE_NOOP("RunOverlay", "Training loss")},
        {"eval/loss", QT_TRANSLATE_NOOP("RunOverlay", "Evaluation loss")},
        {"eval/perplexity", QT_TRANSLATE_NOOP("RunOverlay", "Perplexity")},
        {"eval/accuracy", QT_TRANSLATE_NOOP("RunOverlay", "Accuracy")},
        {"train/lr", QT_TRANSLATE_NOOP("RunOverlay", "Learning rate")},
        {"train/grad_norm", QT_TRANSLATE_NOOP("RunOverlay", "Gradient norm")},
        {"train/tokens_per_s", QT_TRANSLATE_NOOP("RunOverlay", "Tokens a second")},
    };
    for (const auto& [each, meaning] : all)
        if (name == each) return RunOverlay::tr(meaning);
    for (const ScoreSheet& sheet : score_sheets())
        if (name == std::string("eval/") + sheet.name) return QString::fromUtf8(sheet.title);
    for (const Measure& measure : measures())
        if (name == std::string("update/") + measure.key)
            return RunOverlay::tr("%1, mean of all targets").arg(QString::fromUtf8(measure.title));
    return QString::fromStdString(name);
}

const Curve* curveNamed(const std::vector<Curve>& curves, const QString& name) {
    const auto found = std::find_if(curves.begin(), curves.end(),
        [wanted = name.toStdString()](const Curve& curve) { return curve.name == wanted; });
    return found == curves.end() ? nullptr : &*found;
}

} // namespace

RunOverlay::RunOverlay(QWidget* parent)
    : QWidget(parent), frame_(new PlotFrame(tr("Curves of the selected runs"), this)),
      curve_(new QComboBox(this)), log_(new QCheckBox(tr("Log axis"), this)) {
    setObjectName(u"runOverlay"_s);
    curve_->setObjectName(u"overlayCurve"_s);
    describeControl(*curve_, tr("Curve"), tr("What is drawn of each selected run"));
    log_->setObjectName(u"overlayLog"_s);
    log_->setToolTip(tr("A logarithmic axis: equal distances are equal shares"));
    curve_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    frame_->addControl(curve_);
    frame_->addControl(log_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(frame_);
    QCustomPlot* plot = frame_->plot();
    plot->xAxis->setLabel(tr("step"));
    countSteps(*plot->xAxis);
    plot->legend->setVisible(false);
    plot->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
    connect(plot->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, &RunOverlay::thin);
    connect(frame_, &PlotFrame::colorsChanged, this, &RunOverlay::redraw);
    connect(frame_, &PlotFrame::followRequested, this, &RunOverlay::rescale);
    connect(curve_, &QComboBox::currentIndexChanged, this, [this] {
        frame_->setFollows(true);
        redraw();
    });
    connect(log_, &QCheckBox::toggled, this, [this, plot](bool on) {
        setLogarithmic(*plot->yAxis, on);
        frame_->setFollows(true);
    });
    frame_->explain(explainRunOverlay());
    frame_->setTableSource([this] { return table(); });
    setRuns({});
}

void RunOverlay::setRuns(std::vector<OverlaidRun> runs) {
    runs_ = std::move(runs);
    curves_.clear();
    for (const OverlaidRun& run : runs_) curves_.push_back(run_curves(*run.record));
    fillCurves();
    frame_->setFollows(true);
    redraw();
}

void RunOverlay::fillCurves() {
    const QString before = curveName().isEmpty() ? u"train/loss"_s : curveName();
    const QSignalBlocker quiet(curve_);
    curve_->clear();
    for (const auto& curves : curves_)
        for (const Curve& curve : curves)
            if (curve_->findData(QString::fromStdString(curve.name)) < 0)
                curve_->addItem(words(curve.name), QString::fromStdString(curve.name));
    setCurveName(before);
    curve_->setEnabled(curve_->count() > 0);
}

QString RunOverlay::curveName() const { return curve_->currentData().toString(); }

void RunOverlay::setCurveName(const QString& name) {
    const int index = curve_->findData(name);
    if (index >= 0) curve_->setCurrentIndex(index);
}

void RunOverlay::redraw() {
    QCustomPlot* plot = frame_->plot();
    plot->clearGraphs();
    graphs_.clear();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        const Curve* curve = curveNamed(curves_[i], curveName());
        if (!curve) continue;
        ThinnedGraph thinned(plot->addGraph());
        for (const CurvePoint& point : curve->points)
            thinned.add(static_cast<double>(point.step), point.value);
        thinned.graph()->setName(runs_[i].name);
        thinned.setPen(QPen(runs_[i].color, 1.8));
        if (curve->points.size() < 30)
            thinned.graph()->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 5));
        graphs_.push_back(std::move(thinned));
    }
    plot->legend->setVisible(!graphs_.empty());
    frame_->setHint(
        graphs_.empty() ? tr("Select one or more runs above to draw their curves here.") : QString());
    rescale();
}

void RunOverlay::rescale() {
    QCustomPlot* plot = frame_->plot();
    if (frame_->follows()) {
        double low = 0;
        double high = 1;
        double last = 10;
        for (std::size_t i = 0; i < graphs_.size(); ++i) {
            const CurvePyramid& curve = graphs_[i].curve();
            low = i == 0 ? curve.lowest() : std::min(low, curve.lowest());
            high = i == 0 ? curve.highest() : std::max(high, curve.highest());
            last = std::max(last, curve.lastX());
        }
        plot->xAxis->setRange(-last * 0.01, last * 1.02);
        if (plot->yAxis->scaleType() == QCPAxis::stLogarithmic) {
            low = std::max(low, std::max(high, 1e-9) * 1e-9);
            plot->yAxis->setRange(low / 1.3, std::max(high, low) * 1.3);
        } else {
            const double margin = std::max(0.06 * (high - low), 1e-3 * std::max(std::abs(high), 1e-9));
            plot->yAxis->setRange(low - margin, high + margin);
        }
    }
    thin();
    plot->replot(QCustomPlot::rpQueuedReplot);
}

void RunOverlay::thin() const {
    for (const ThinnedGraph& graph : graphs_) graph.show();
}

Table RunOverlay::table() const {
    Table table{{u"run"_s, u"step"_s, curveName()}, {}};
    for (std::size_t i = 0; i < runs_.size(); ++i)
        if (const Curve* curve = curveNamed(curves_[i], curveName()))
            for (const CurvePoint& point : curve->points)
                table.rows.push_back({runs_[i].name, QString::number(point.step), cell(point.value)});
    return table;
}

} // namespace lora
