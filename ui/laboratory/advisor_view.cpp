#include "ui/laboratory/advisor_view.h"

#include "ui/elements/number_field.h"
#include "ui/elements/path_field.h"
#include "ui/elements/tool_tip.h"
#include "ui/laboratory/laboratory_values.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

AdvisorView::AdvisorView(QWidget* parent)
    : LaboratoryView(
        tr("How small could this adapter be? At rank k only the k strongest directions of each update "
           "are kept. One curve shows how much of the update that is (its energy Σσ², the sum of its squared "
           "singular values), the other, measured on the dataset, the loss with what is left: where it is "
           "flat, more rank buys nothing."),
        parent),
      data_(new PathField(u"adviceData"_s, tr("none: energies alone"), this)),
      samples_(new NumberField({.whole = true}, {.lowest = 1, .highest = 1e6, .doubles = true}, this)),
      spread_(new QCheckBox(tr("One budget for all"), this)),
      frame_(new PlotFrame(tr("Loss against rank"), this)), points_(new ResultTable(this)),
      view_(makeResultView(points_, u"adviceTable"_s, this)), save_(new QPushButton(this)) {
    setObjectName(u"advisorView"_s);
    data_->setMinimumWidth(220);
    data_->describe(tr("Dataset to measure on"),
        tr("<p>The loss is measured on it at each rank, which takes a while; without one the energy alone is "
           "told, at once.</p>"));
    samples_->setObjectName(u"adviceSamples"_s);
    samples_->setEmpty(0, tr("all"));
    samples_->setValue(64);
    describeControl(*samples_, tr("Samples"),
        tr("How many samples, from the first on, the loss is measured on at each rank"));
    describeControl(*view_, tr("Smaller ranks"),
        tr("A row a rank: its parameters, the energy kept, the loss. The selected row is what is saved."));
    spread_->setObjectName(u"adviceSpread"_s);
    spread_->setToolTip(
        tr("Instead of the same rank everywhere, the parameters of that rank go to the linears whose "
           "directions hold most energy"));
    controls()->insertWidget(0, new QLabel(tr("Loss on"), this));
    controls()->insertWidget(1, data_);
    controls()->insertWidget(2, new QLabel(tr("first"), this));
    controls()->insertWidget(3, samples_);
    controls()->insertWidget(4, new QLabel(tr("samples"), this));
    controls()->insertWidget(5, spread_);
    start()->setText(tr("Measure"));
    save_->setObjectName(u"saveTruncated"_s);
    save_->setToolTip(tr("The adapter cut down to the selected row's rank, as a folder of its own"));
    auto* side = new QWidget(this);
    auto* sideColumn = new QVBoxLayout(side);
    sideColumn->setContentsMargins(0, 0, 0, 0);
    sideColumn->addWidget(view_, 1);
    auto* saveRow = new QHBoxLayout;
    saveRow->setContentsMargins(10, 2, 10, 8);
    saveRow->addWidget(save_);
    sideColumn->addLayout(saveRow);
    auto* content = new QSplitter(Qt::Horizontal, this);
    content->addWidget(frame_);
    content->addWidget(side);
    content->setChildrenCollapsible(false);
    content->setStretchFactor(0, 1);
    content->setSizes({600, 360});
    column()->addWidget(content, 1);
    buildPlot();
    frame_->explain(explainRankAdvice());
    connect(frame_, &PlotFrame::colorsChanged, this, &AdvisorView::recolor);
    connect(frame_, &PlotFrame::followRequested, this, &AdvisorView::redraw);
    connect(start(), &QPushButton::clicked, this, [this] { ask(); });
    connect(data_, &PathField::browseRequested, this, &AdvisorView::dataBrowseRequested);
    connect(save_, &QPushButton::clicked, this, &AdvisorView::saveRequested);
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        const bool smaller = isSmallerChosen();
        const auto row = static_cast<std::size_t>(selectedRow(*view_));
        save_->setEnabled(smaller);
        save_->setText(smaller ? tr("Save the adapter of rank %1…").arg(advice_->points[row].rank)
                               : tr("Save the smaller adapter…"));
    });
    clear();
}

void AdvisorView::buildPlot() {
    QCustomPlot* plot = frame_->plot();
    plot->xAxis->setLabel(tr("rank"));
    plot->yAxis->setLabel(tr("loss"));
    plot->yAxis2->setLabel(tr("energy kept"));
    plot->yAxis2->setVisible(true);
    plot->yAxis2->setRange(0, 1.02);
    plot->yAxis2->grid()->setVisible(false);
    energy_ = plot->addGraph(plot->xAxis, plot->yAxis2);
    energy_->setName(tr("energy kept"));
    loss_ = plot->addGraph();
    loss_->setName(tr("loss"));
    enough_ = new QCPItemStraightLine(plot);
    plot->legend->setVisible(true);
    frame_->putLegendAbove();
    recolor();
}

void AdvisorView::recolor() {
    const PlotColors& colors = frame_->colors();
    energy_->setPen(QPen(colors.accent, 1.6, Qt::DashLine));
    energy_->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 4));
    loss_->setPen(QPen(colors.evaluation, 2));
    loss_->setScatterStyle(QCPScatterStyle(
        QCPScatterStyle::ssCircle, QPen(colors.evaluation, 1.6), QBrush(colors.background), 7));
    enough_->setPen(QPen(colors.dim, 1, Qt::DotLine));
    frame_->plot()->replot(QCustomPlot::rpQueuedReplot);
}

void AdvisorView::setData(const QString& path, std::int64_t maxLength, std::int64_t batch) {
    data_->setPath(path);
    maxLength_ = maxLength;
    batch_ = batch;
}

void AdvisorView::measureEnergies() {
    if (!isAtWork()) ask({});
}

void AdvisorView::fillIfSeen() {
    if (isVisible() && start()->isEnabled() && !advice_) measureEnergies();
}

void AdvisorView::showEvent(QShowEvent* event) {
    LaboratoryView::showEvent(event);
    fillIfSeen();
}

bool AdvisorView::isCountTaken() const {
    return samples_->isUnderstood() && samples_->value().get<double>() >= 0;
}

void AdvisorView::ask() {
    samples_->setFaulty(!isCountTaken());
    if (isCountTaken()) return ask(data_->path().toStdString());
    tell(samples_->isUnderstood() ? tr("Samples: a count is expected; an empty field takes all.")
                                  : tr("Samples: %1").arg(samples_->why()));
}

void AdvisorView::ask(const std::string& path) {
    AdviseRank question;
    question.data = path;
    question.max_length = maxLength_;
    question.batch = batch_;
    // Energies alone need none, and come whatever is being typed.
    question.samples = isCountTaken() ? samples_->value().get<std::int64_t>() : 0;
    question.spread = spread_->isChecked();
    beginProgress();
    Q_EMIT asked(question);
}

void AdvisorView::setAdvice(const RankAdvised& advised) {
    advice_ = advised.advice;
    finished_ = advised.finished;
    const int before = selectedRow(*view_);
    points_->setRows(adviceRows(*advice_));
    if (advised.finished) {
        endProgress();
        tell(QString::fromStdString(advice_->in_words()));
        if (const auto enough = advice_->enough()) selectRow(*view_, static_cast<int>(*enough));
    } else if (before >= 0) {
        selectRow(*view_, before);
    }
    redraw();
}

void AdvisorView::redraw() {
    QCustomPlot* plot = frame_->plot();
    loss_->data()->clear();
    energy_->data()->clear();
    enough_->setVisible(false);
    const bool filled = advice_ && !advice_->points.empty();
    double most = 1;
    for (std::size_t i = 0; filled && i < advice_->points.size(); ++i) {
        const AdvicePoint& point = advice_->points[i];
        const auto rank = static_cast<double>(point.rank);
        energy_->addData(rank, point.kept_energy);
        if (point.loss) loss_->addData(rank, *point.loss);
        most = std::max(most, rank);
    }
    if (const auto enough = filled && finished_ ? advice_->enough() : std::nullopt) {
        const auto rank = static_cast<double>(advice_->points[*enough].rank);
        enough_->point1->setCoords(rank, 0);
        enough_->point2->setCoords(rank, 1);
        enough_->setVisible(true);
    }
    const QSharedPointer<QCPAxisTickerText> ranks(new QCPAxisTickerText);
    double labelled = -most;
    for (std::size_t i = 0; filled && i < advice_->points.size(); ++i) {
        const auto rank = static_cast<double>(advice_->points[i].rank);
        if (rank - labelled < 0.04 * most) continue; // the labels would touch
        ranks->addTick(rank, QString::number(advice_->points[i].rank));
        labelled = rank;
    }
    plot->xAxis->setTicker(ranks);
    if (frame_->follows()) {
        plot->xAxis->setRange(-0.03 * most, 1.03 * most);
        plot->yAxis2->setRange(0, 1.03);
        bool found = false;
        const QCPRange losses = loss_->getValueRange(found);
        // While one point is there, a range of its own size.
        const double margin = std::max(0.08 * losses.size(), 0.02 * losses.upper);
        plot->yAxis->setRange(found ? losses.lower - margin : 0, found ? losses.upper + margin : 1);
    }
    const bool measured = loss_->dataCount() > 0;
    plot->yAxis->setVisible(measured);
    plot->yAxis2->grid()->setVisible(!measured);
    measured ? loss_->addToLegend() : loss_->removeFromLegend();
    plot->legend->setVisible(filled);
    frame_->setHint(filled ? QString() : tr("Energy kept and loss against rank appear here."));
    plot->replot(QCustomPlot::rpQueuedReplot);
}

bool AdvisorView::isSmallerChosen() const {
    const int row = selectedRow(*view_);
    return advice_ && row > 0 && row + 1 < points_->rowCount();
}

SaveTruncated AdvisorView::truncation(const QString& folder) const {
    SaveTruncated command{folder.toStdString(), {}};
    const int row = selectedRow(*view_);
    if (!advice_ || row < 0) return command;
    const AdvicePoint& point = advice_->points[static_cast<std::size_t>(row)];
    for (std::size_t i = 0; i < advice_->candidates.size() && i < point.ranks.size(); ++i)
        command.ranks.emplace_back(advice_->candidates[i].path, point.ranks[i]);
    return command;
}

void AdvisorView::clear() {
    advice_.reset();
    points_->setRows({});
    save_->setEnabled(false);
    save_->setText(tr("Save the smaller adapter…"));
    endProgress();
    tell({});
    redraw();
}

QCustomPlot* AdvisorView::plot() const { return frame_->plot(); }

Table AdvisorView::table() const {
    Table table{{u"rank"_s, u"parameters"_s, u"kept_energy"_s, u"loss"_s}, {}};
    if (!advice_) return table;
    for (const AdvicePoint& point : advice_->points)
        table.rows.push_back({QString::number(point.rank), QString::number(point.parameters),
            cell(point.kept_energy), cell(point.loss)});
    return table;
}

QString AdvisorView::name() const { return u"rank-advice"_s; }

} // namespace lora
