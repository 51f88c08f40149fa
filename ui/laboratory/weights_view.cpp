#include "ui/laboratory/weights_view.h"

#include "ui/elements/tool_tip.h"
#include "ui/laboratory/laboratory_values.h"
#include "ui/laboratory/similarity_plot.h"
#include "ui/plots/plot_frame.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

WeightsView::WeightsView(QWidget* parent)
    : LaboratoryView(
        tr("Does the update repeat what the pretrained weight W₀ does already, or strengthen something it "
           "hardly uses? As in section 7.3 of the LoRA paper, W₀ is looked at in the update's own "
           "directions U, V: a large amplification means that ΔW brings forward what W₀ had only weakly."),
        parent),
      directions_(new QCheckBox(tr("W₀'s own directions"), this)),
      intruders_(new QCheckBox(tr("Intruder dimensions"), this)), targets_(new ResultTable(this)),
      view_(makeResultView(targets_, u"weightsTable"_s, this)), side_(new QComboBox(this)),
      similarity_(new SimilarityPlot(tr("ΔW's directions in W₀'s strongest"), u"weightSimilarity"_s, this)),
      words_(new QLabel(this)) {
    setObjectName(u"weightsView"_s);
    directions_->setObjectName(u"askDirections"_s);
    directions_->setToolTip(
        tr("Says too how far the update lies in W₀'s strongest directions; needs its singular vectors, "
           "which take a while the first time"));
    intruders_->setObjectName(u"askIntruders"_s);
    intruders_->setToolTip(
        tr("Looks for strong directions of W₀ + ΔW that resemble none of W₀'s own; takes a while "
           "the first time"));
    controls()->insertWidget(0, directions_);
    controls()->insertWidget(1, intruders_);
    start()->setText(tr("Compare with W₀"));
    side_->setObjectName(u"weightSide"_s);
    describeControl(*side_, tr("Side of the update"),
        tr("The directions that the update reads from its input, or writes to its output"));
    describeControl(*view_, tr("Linears against W₀"),
        tr("A row a linear; the selected one is drawn. A column's head says what it measures and sorts."));
    side_->addItem(tr("directions it reads"));
    side_->addItem(tr("directions it writes"));
    similarity_->frame()->addControl(side_);
    similarity_->setAxes(tr("W₀'s first j directions"), tr("ΔW's first i"));
    similarity_->setHint(tr("ΔW = 0: no directions"));
    words_->setObjectName(u"intruderWords"_s);
    words_->setWordWrap(true);
    words_->setContentsMargins(12, 4, 12, 8);
    auto* content = new QSplitter(Qt::Horizontal, this);
    content->addWidget(view_);
    content->addWidget(similarity_);
    content->setChildrenCollapsible(false);
    content->setStretchFactor(0, 1);
    content->setSizes({700, 360});
    column()->addWidget(content, 1);
    column()->addWidget(words_);
    connect(start(), &QPushButton::clicked, this, &WeightsView::ask);
    connect(side_, &QComboBox::currentIndexChanged, this, &WeightsView::showTarget);
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &WeightsView::showTarget);
    clear();
}

void WeightsView::ask() {
    CompareWithWeights question;
    question.questions.directions = directions_->isChecked();
    question.questions.intruders = intruders_->isChecked();
    beginProgress();
    Q_EMIT asked(question);
}

void WeightsView::setComparisons(const WeightsCompared& compared) {
    comparisons_ = compared.comparisons;
    if (compared.state != AnswerState::UnderWay) endProgress();
    const int before = std::max(0, selectedRow(*view_));
    targets_->setRows(weightRows(*comparisons_));
    selectRow(*view_, before);
    QString words = amplificationInWords(*comparisons_);
    if (compared.state == AnswerState::Stopped)
        words += u' ' + tr("(Stopped after %1 linears.)").arg(comparisons_->targets.size());
    tell(words);
    showTarget();
}

void WeightsView::showTarget() {
    const int row = selectedRow(*view_);
    const WeightComparison target =
        comparisons_ && row >= 0 ? comparisons_->targets[static_cast<std::size_t>(row)] : WeightComparison();
    similarity_->setVisible(comparisons_ && comparisons_->questions.directions);
    similarity_->setMap(side_->currentIndex() == 0 ? target.inputs : target.outputs);
    const QString words = intrudersInWords(target);
    words_->setText(words);
    words_->setVisible(!words.isEmpty());
}

void WeightsView::clear() {
    comparisons_.reset();
    targets_->setRows(weightRows({}));
    endProgress();
    tell({});
    showTarget();
}

QCustomPlot* WeightsView::plot() const { return similarity_->frame()->plot(); }

Table WeightsView::table() const {
    Table table{{u"path"_s, u"amplification"_s, u"update_norm"_s, u"weight_norm"_s, u"projected_norm"_s,
                    u"random_norm"_s, u"top_norm"_s, u"intruders"_s},
        {}};
    if (!comparisons_) return table;
    for (const WeightComparison& each : comparisons_->targets)
        table.rows.push_back({QString::fromStdString(each.path), cell(each.amplification),
            cell(each.update_norm), cell(each.weight_norm), cell(each.projected_norm), cell(each.random_norm),
            cell(each.top_norm), each.intruders ? QString::number(each.intruders->count) : QString()});
    return table;
}

QString WeightsView::name() const { return u"against-weights"_s; }

} // namespace lora
