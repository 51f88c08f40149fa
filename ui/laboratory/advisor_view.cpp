#include "ui/laboratory/advisor_view.h"

#include "ui/elements/number_field.h"
#include "ui/elements/path_field.h"
#include "ui/elements/tool_tip.h"
#include "ui/laboratory/advice_plot.h"
#include "ui/laboratory/advice_values.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

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
      rows_(new QLabel(this)), spread_(new QCheckBox(tr("One budget for all"), this)),
      plot_(new AdvicePlot(this)), points_(new ResultTable(this)),
      view_(makeResultView(points_, u"adviceTable"_s, this)), save_(new QPushButton(this)),
      cost_(new QLabel(this)), side_(buildSide()) {
    setObjectName(u"advisorView"_s);
    data_->setMinimumWidth(220);
    data_->describe(tr("Dataset to measure on"),
        tr("<p>The loss is measured on it at each rank, which takes a while; without one the energy alone is "
           "told, at once. Of the run's own dataset only the rows that it held out are taken, as in its "
           "evaluations; a file that you choose is taken whole.</p>"));
    samples_->setObjectName(u"adviceSamples"_s);
    samples_->setEmpty(0, tr("all"));
    rows_->setObjectName(u"adviceRows"_s);
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
    controls()->insertWidget(4, rows_);
    controls()->insertWidget(5, spread_);
    start()->setText(tr("Measure"));
    auto* content = new QSplitter(Qt::Horizontal, this);
    content->addWidget(plot_);
    content->addWidget(side_);
    content->setChildrenCollapsible(false);
    content->setStretchFactor(0, 1);
    content->setSizes({600, 420});
    column()->addWidget(content, 1);
    connect(start(), &QPushButton::clicked, this, [this] { ask(); });
    connect(data_, &PathField::pathEntered, this, &AdvisorView::showRows);
    connect(samples_, &NumberField::edited, this, [this] { isCounted_ = true; });
    connect(data_, &PathField::browseRequested, this, &AdvisorView::dataBrowseRequested);
    connect(save_, &QPushButton::clicked, this, &AdvisorView::saveRequested);
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &AdvisorView::showChosen);
    showRows();
    clear();
}

QWidget* AdvisorView::buildSide() {
    save_->setObjectName(u"saveTruncated"_s);
    save_->setToolTip(tr("The adapter cut down to the selected row's rank, as a folder of its own"));
    cost_->setObjectName(u"truncationCost"_s);
    cost_->setWordWrap(true);
    cost_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* side = new QWidget(this);
    auto* beneath = new QVBoxLayout;
    beneath->setContentsMargins(10, 6, 10, 8);
    beneath->setSpacing(6);
    beneath->addWidget(cost_);
    beneath->addWidget(save_);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(view_, 1);
    column->addLayout(beneath);
    return side;
}

void AdvisorView::showChosen() {
    const bool smaller = isSmallerChosen();
    const auto row = static_cast<std::size_t>(selectedRow(*view_));
    save_->setEnabled(smaller);
    save_->setText(smaller ? tr("Save the adapter of rank %1…").arg(advice_->points[row].rank)
                           : tr("Save the smaller adapter…"));
    cost_->setText(smaller ? costInWords(*advice_, row) : tr("Choose a rank to read what it costs."));
}

void AdvisorView::setData(const DataSettings& run, std::int64_t batch) {
    batch_ = batch;
    if (run == run_) return; // what was typed since stays
    run_ = run;
    setFile(QString::fromStdString(run.eval.empty() ? run.train : run.eval));
}

void AdvisorView::setFile(const QString& path) {
    data_->setPath(path);
    showRows();
}

// The run's own file stands for what the run was evaluated on. Any other one is read as the run's is.
DataSettings AdvisorView::rowsAsked() const {
    const std::string path = data_->path().toStdString();
    DataSettings rows = run_;
    if (path == (run_.eval.empty() ? run_.train : run_.eval)) return rows;
    rows.train.clear();
    rows.eval.clear();
    rows.eval_split = 0;
    rows.train_rows = rows.eval_rows = 0;
    (path == run_.train ? rows.train : rows.eval) = path;
    return rows;
}

void AdvisorView::showRows() {
    constexpr int few = 64;
    const DataSettings rows = rowsAsked();
    const bool areLearned = !rows.train.empty() && rows.eval.empty() && rows.eval_split == 0;
    const bool areHeldOut = !rows.train.empty() && !areLearned;
    rows_->setText(areLearned ? tr("training samples") : areHeldOut ? tr("held-out samples") : tr("samples"));
    rows_->setToolTip(areLearned ? tr("The run holds no rows out, so the loss is that on rows which it has "
                                      "learned. Hold some out, or choose a second file.")
                                 : QString());
    // As many as an evaluation of the run takes; of a whole file, which may be long, the first few.
    if (!isCounted_) samples_->setValue(areHeldOut ? 0 : few);
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
    if (isCountTaken()) return ask(rowsAsked());
    tell(samples_->isUnderstood() ? tr("Samples: a count is expected; an empty field takes all.")
                                  : tr("Samples: %1").arg(samples_->why()));
}

void AdvisorView::ask(const DataSettings& rows) {
    AdviseRank question;
    question.data = rows;
    question.batch = batch_;
    // Energies alone need none, and come whatever is being typed.
    question.samples = isCountTaken() ? samples_->value().get<std::int64_t>() : 0;
    question.spread = spread_->isChecked();
    beginProgress();
    Q_EMIT asked(question);
}

void AdvisorView::setAdvice(const RankAdvised& advised) {
    advice_ = advised.advice;
    const int before = selectedRow(*view_);
    points_->setRows(adviceRows(*advice_));
    side_->setVisible(points_->rowCount() > 0);
    if (advised.finished) {
        endProgress();
        tell(QString::fromStdString(advice_->in_words()));
        if (const auto enough = advice_->enough()) selectRow(*view_, static_cast<int>(*enough));
    } else if (before >= 0) {
        selectRow(*view_, before);
    }
    plot_->setAdvice(advice_, advised.finished);
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
    side_->hide();
    showChosen();
    endProgress();
    tell({});
    plot_->setAdvice(nullptr, false);
}

QCustomPlot* AdvisorView::plot() const { return plot_->plot(); }

Table AdvisorView::table() const { return plot_->table(); }

QString AdvisorView::name() const { return u"rank-advice"_s; }

} // namespace lora
