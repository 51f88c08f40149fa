#include "ui/sweeps/ranking_strip.h"

#include "ui/elements/tool_tip.h"
#include "ui/elements/words.h"
#include "ui/sweeps/sweep_rows.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

namespace lora {

using namespace Qt::StringLiterals;

RankingStrip::RankingStrip(QWidget* parent)
    : QWidget(parent), by_(new QComboBox(this)), best_(new QLabel(this)) {
    by_->setObjectName(u"sweepRankedBy"_s);
    by_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    describeControl(*by_, tr("Ranked by"),
        tr("The result by which the runs get their places: of losses the lowest is the best, of accuracy and "
           "exact match the highest. Exact match is measured where the set-up asks held-out rows."));
    best_->setObjectName(u"sweepBest"_s);
    best_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    best_->setTextFormat(Qt::PlainText);
    auto* name = new QLabel(tr("Ranked by"), this);
    name->setBuddy(by_); // a choice's own name is what is chosen, to a screen reader
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 2, 10, 4);
    row->addWidget(name);
    row->addWidget(by_);
    row->addWidget(best_, 1);
    connect(by_, &QComboBox::activated, this, [this] {
        wanted_ = static_cast<SweepMeasure>(by_->currentData().toInt());
        rank();
        Q_EMIT chosen();
    });
    rank();
}

void RankingStrip::setTable(const SweepTable& table) {
    table_ = table;
    rank();
}

void RankingStrip::rank() {
    ranking_ = usual_ranking(table_, wanted_);
    const QSignalBlocker quiet(by_);
    by_->clear();
    for (const SweepMeasure which : ranking_measures())
        if (!ranked(table_, which).order.empty()) by_->addItem(measureWord(which), static_cast<int>(which));
    by_->setCurrentIndex(by_->findData(static_cast<int>(ranking_.by)));
    setVisible(!ranking_.order.empty());
    if (ranking_.order.empty()) return;
    const SweepRow& best = table_.rows[ranking_.order.front()];
    best_->setText(tr("Best: %1, %2").arg(text(best.run), measureText(best, ranking_.by)));
}

} // namespace lora
