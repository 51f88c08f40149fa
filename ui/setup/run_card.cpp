#include "ui/setup/run_card.h"

#include "ui/setup/doubt_row.h"

#include <QFormLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostUnfolded = 2; // more would push the fields out of a small window

QString objectNameOf(const RunCardLine& line) {
    return line.key == "memory"_L1 ? u"memoryEstimate"_s : u"card-"_s + line.key;
}

} // namespace

RunCard::RunCard(QWidget* parent)
    : QWidget(parent), lines_(new QFormLayout), doubts_(new QVBoxLayout), more_(new QToolButton(this)) {
    setObjectName(u"runCard"_s);
    lines_->setHorizontalSpacing(10);
    lines_->setVerticalSpacing(1);
    doubts_->setSpacing(4);
    more_->setObjectName(u"moreDoubts"_s);
    more_->setCheckable(true);
    more_->setAutoRaise(true);
    more_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    more_->setToolTip(tr("What else is doubtful about this run"));
    connect(more_, &QToolButton::toggled, this, &RunCard::foldDoubts);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(lines_);
    column->addLayout(doubts_);
    column->addWidget(more_, 0, Qt::AlignLeft);
    show(RunCardModel());
}

void RunCard::show(const RunCardModel& model) {
    showLines(model.lines());
    showDoubts(model.doubts());
}

void RunCard::setMendable(bool mendable) {
    mendable_ = mendable;
    for (DoubtRow* row : rows_) row->setMendable(mendable);
}

void RunCard::showLines(const std::vector<RunCardLine>& lines) {
    for (std::size_t i = values_.size(); i < lines.size(); ++i) {
        auto* name = new QLabel(lines[i].name, this);
        name->setForegroundRole(QPalette::PlaceholderText);
        auto* value = new QLabel(this);
        value->setObjectName(objectNameOf(lines[i]));
        value->setAccessibleName(lines[i].name);
        value->setTextFormat(Qt::PlainText); // a model's name is not ours
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setSizePolicy(
            QSizePolicy::Ignored, QSizePolicy::Preferred); // long names do not widen the column
        lines_->addRow(name, value);
        values_.push_back(value);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        values_[i]->setText(lines[i].value);
        values_[i]->setToolTip(lines[i].tip);
    }
}

void RunCard::showDoubts(const std::vector<RunCardDoubt>& doubts) {
    if (doubts == shown_) return foldDoubts();
    shown_ = doubts;
    for (DoubtRow* row : rows_) {
        row->hide();
        row->deleteLater(); // it may be the one whose button was clicked
    }
    rows_.clear();
    for (const RunCardDoubt& doubt : doubts) {
        const int index = static_cast<int>(rows_.size());
        auto* row = new DoubtRow(doubt, this);
        row->setMendable(mendable_);
        connect(row, &DoubtRow::mendClicked, this, [this, index] { Q_EMIT mendClicked(index); });
        doubts_->addWidget(row);
        rows_.push_back(row);
    }
    foldDoubts();
}

void RunCard::foldDoubts() {
    const std::size_t all = rows_.size();
    const std::size_t folded = all > mostUnfolded ? all - mostUnfolded : 0;
    const bool open = more_->isChecked();
    for (std::size_t i = 0; i < all; ++i) rows_[i]->setVisible(open || i < mostUnfolded);
    more_->setText(open ? tr("Show fewer") : tr("%1 more").arg(folded));
    more_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    more_->setVisible(folded > 0);
}

} // namespace lora
