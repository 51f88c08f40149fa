#include "ui/playground/row_taker.h"

#include "ui/elements/number_field.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <initializer_list>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

bool isWithin(const NumberField& field, const NumberSteps& range) {
    if (!field.isUnderstood()) return false;
    const double value = field.value().get<double>();
    return value >= range.lowest && value <= range.highest;
}

} // namespace

RowTaker::RowTaker(EngineLink& link, QWidget* parent)
    : QWidget(parent), take_(new QPushButton(tr("Take row"), this)),
      row_(new NumberField({.whole = true}, {.lowest = 1, .highest = 8}, this)) {
    take_->setObjectName(u"takeRow"_s);
    row_->setObjectName(u"rowNumber"_s);
    row_->setAccessibleName(tr("Row"));
    row_->setValue(1);
    row_->setMaximumWidth(row_->fontMetrics().horizontalAdvance(u"000"_s) + 40); // eight rows are the most
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins({});
    line->setSpacing(8);
    line->addWidget(take_, 1);
    line->addWidget(row_);
    connect(row_, &NumberField::edited, this, &RowTaker::refresh);
    connect(take_, &QPushButton::clicked, this, &RowTaker::take);
    link.on<RunStarted>(this, [this](const RunStarted& run) {
        runSeed_ = run.settings.training.seed;
        refresh();
    });
    link.on<RunOpened>(this, [this](const RunOpened& run) {
        runSeed_ = run.record->settings.training.seed;
        refresh();
    });
    refresh();
}

void RowTaker::takeData(const DatasetLoaded& loaded) {
    rows_ = askedRows(loaded.eval ? *loaded.eval : *loaded.train);
    heldOut_ = loaded.eval != nullptr;
    splitBySeed_ = heldOut_ && loaded.eval->path == loaded.train->path;
    refresh();
}

void RowTaker::takeFirst() {
    row_->setValue(1);
    take();
}

void RowTaker::take() {
    Q_EMIT taken(rows_[row_->value().get<std::size_t>() - 1]);
    refresh();
}

QString RowTaker::aboutRows() const {
    if (rows_.empty()) return tr("A row of the data as the prompt; there is none to ask yet.");
    const QString count =
        tr("A row of the data as the prompt, in the form that the model is trained with: 1 to %1.")
            .arg(rows_.size());
    if (!heldOut_) return count + u' ' + tr("No rows are held out: these are trained on.");
    if (splitBySeed_ && runSeed_ != 0)
        return count + u' '
               + tr("The run in sight held out other rows, by its seed %1: it may have trained on these.")
                     .arg(runSeed_);
    return count + u' ' + tr("They are held out: the model is never trained on them.");
}

void RowTaker::refresh() {
    const bool isRow = isWithin(*row_, {.lowest = 1, .highest = static_cast<double>(rows_.size())});
    row_->setEnabled(!rows_.empty());
    row_->setFaulty(!rows_.empty() && !isRow);
    take_->setEnabled(isRow);
    for (QWidget* each : std::initializer_list<QWidget*>{take_, row_}) {
        each->setToolTip(u"<p>%1</p>"_s.arg(aboutRows().toHtmlEscaped()));
        each->setWhatsThis(each->toolTip());
    }
}

} // namespace lora
