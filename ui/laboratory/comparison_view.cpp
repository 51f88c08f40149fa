#include "ui/laboratory/comparison_view.h"

#include "ui/elements/file_kind.h"
#include "ui/elements/note.h"
#include "ui/elements/tool_tip.h"
#include "ui/laboratory/laboratory_values.h"
#include "ui/laboratory/similarity_plot.h"
#include "ui/plots/plot_frame.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

ComparisonView::ComparisonView(QWidget* parent)
    : LaboratoryView(
        tr("Do two adapters find the same directions? φ(i, j) of the LoRA paper's section 7.2 is 1 where "
           "the first i directions of one lie within the first j of the other, and near 0 where they have "
           "nothing in common; what chance alone gives stands beside it."),
        parent),
      targets_(new ResultTable(this)), view_(makeResultView(targets_, u"comparisonTable"_s, this)),
      warning_(new Note(u"sameStart"_s, this)), side_(new QComboBox(this)),
      ofA_(new SimilarityPlot(tr("φ on A (as in the paper)"), u"phiOfA"_s, this)),
      ofUpdate_(new SimilarityPlot(tr("φ on ΔW"), u"phiOfUpdate"_s, this)),
      random_(new SimilarityPlot(tr("By chance"), u"phiByChance"_s, this)), angles_(new QLabel(this)) {
    setObjectName(u"comparisonView"_s);
    start()->setText(tr("Compare with an adapter…"));
    side_->setObjectName(u"comparisonSide"_s);
    side_->addItem(tr("reads"));
    side_->addItem(tr("writes"));
    describeControl(*side_, tr("Side of the update"),
        tr("The directions that the update reads from its input, or writes to its output"));
    describeControl(*view_, tr("Linears of both adapters"),
        tr("A row a linear; the selected one is drawn. A column's head says what it measures and sorts."));
    ofUpdate_->frame()->addControl(side_);
    angles_->setObjectName(u"angles"_s);
    angles_->setContentsMargins(10, 4, 10, 8);
    angles_->setWordWrap(true);
    angles_->setToolTip(
        tr("The angles between the two spaces, smallest first: near 0° a direction is shared, near 90° "
           "it is not."));
    auto* noted = new QHBoxLayout;
    noted->setContentsMargins(12, 0, 12, 6);
    noted->addWidget(warning_);
    column()->addLayout(noted);
    auto* maps = new QSplitter(Qt::Horizontal, this);
    for (SimilarityPlot* each : {ofA_, ofUpdate_, random_}) maps->addWidget(each);
    maps->setChildrenCollapsible(false);
    auto* lower = new QWidget(this);
    auto* lowerColumn = new QVBoxLayout(lower);
    lowerColumn->setContentsMargins(0, 0, 0, 0);
    lowerColumn->addWidget(maps, 1);
    lowerColumn->addWidget(angles_);
    auto* content = new QSplitter(Qt::Vertical, this);
    content->addWidget(view_);
    content->addWidget(lower);
    content->setChildrenCollapsible(false);
    content->setSizes({300, 340});
    column()->addWidget(content, 1);
    connect(start(), &QPushButton::clicked, this, &ComparisonView::browseRequested);
    connect(side_, &QComboBox::currentIndexChanged, this, &ComparisonView::showTarget);
    connect(
        view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ComparisonView::showTarget);
    clear();
}

void ComparisonView::compareWith(const QString& path) {
    beginProgress();
    Q_EMIT asked(CompareAdapters{path.toStdString()});
}

void ComparisonView::setComparison(std::shared_ptr<const AdapterComparison> comparison) {
    endProgress();
    comparison_ = std::move(comparison);
    targets_->setRows(comparisonRows(*comparison_));
    selectRow(*view_, 0);
    QString words = tr("Beside %1: %2")
                        .arg(adapterName(QString::fromStdString(comparison_->second)),
                            QString::fromStdString(addition_in_words(*comparison_)));
    const auto apart =
        comparison_->only_first.size() + comparison_->only_second.size() + comparison_->other_shapes.size();
    if (apart > 0) words += u' ' + tr("%1 linears are in one of them alone or differ in size.").arg(apart);
    tell(words);
    warning_->tell(QString::fromStdString(same_start_in_words(*comparison_)), NoteKind::Warning);
    showTarget();
}

void ComparisonView::showTarget() {
    const int row = selectedRow(*view_);
    if (!comparison_ || row < 0) {
        ofA_->setHint(tr("Which inputs the two A single out, as the paper compares them"));
        ofUpdate_->setHint(tr("What the updates ΔW = (α/r)·B·A really read and write"));
        random_->setHint(tr("What two random adapters of these sizes would show"));
        for (SimilarityPlot* each : {ofA_, ofUpdate_, random_}) each->setMap({});
        return angles_->setText({});
    }
    const TargetComparison& target = comparison_->targets[static_cast<std::size_t>(row)];
    const bool reads = side_->currentIndex() == 0;
    const SimilarityMap& update = reads ? target.inputs : target.outputs;
    ofUpdate_->setHint(tr("ΔW = 0 in one of the two: no directions"));
    ofA_->setMap(target.A);
    ofUpdate_->setMap(update);
    const SimilarityMap& shape = update.rows > 0 ? update : target.A;
    random_->setMap(randomMap(shape.rows, shape.columns, reads ? target.in : target.out));
    angles_->setText(
        tr("Principal angles: %1").arg(anglesText(reads ? target.input_angles : target.output_angles)));
}

void ComparisonView::clear() {
    comparison_.reset();
    targets_->setRows(comparisonRows({}));
    warning_->tell({});
    endProgress();
    tell({});
    showTarget();
}

QCustomPlot* ComparisonView::plot() const { return ofUpdate_->frame()->plot(); }

Table ComparisonView::table() const { return ofUpdate_->table(); }

QString ComparisonView::name() const { return u"similarity"_s; }

} // namespace lora
