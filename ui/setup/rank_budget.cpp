#include "ui/setup/rank_budget.h"

#include "ui/elements/quantities.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

RankBudgetDialog::RankBudgetDialog(std::vector<RankNeed> needs, std::int64_t parameters, QWidget* parent)
    : QDialog(parent), needs_(std::move(needs)), budget_(new QSpinBox(this)), result_(new QLabel(this)) {
    setObjectName(u"rankBudget"_s);
    setWindowTitle(tr("Ranks of the next run"));
    std::int64_t least = 0;
    for (const RankNeed& need : needs_) least += need.in + need.out;
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    budget_->setObjectName(u"budget"_s);
    budget_->setGroupSeparatorShown(true);
    budget_->setRange(static_cast<int>(std::min(least, most)), static_cast<int>(most));
    budget_->setSingleStep(static_cast<int>(std::clamp<std::int64_t>(least, 1, most)));
    budget_->setValue(static_cast<int>(std::clamp(parameters, least, most)));
    result_->setObjectName(u"budgetResult"_s);
    result_->setWordWrap(true);
    auto* words =
        new QLabel(tr("Each linear gets a rank in proportion to the directions its update really used "
                      "(its effective rank): more where the rank was full, less where it lay idle. The "
                      "scale α/r stays the same for all."),
            this);
    words->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Use"));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(budget_, &QSpinBox::valueChanged, this, &RankBudgetDialog::update);
    auto* form = new QFormLayout;
    form->addRow(tr("Trainable parameters at most"), budget_);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addWidget(words);
    column->addLayout(form);
    column->addWidget(result_);
    column->addWidget(buttons);
    setMinimumWidth(420);
    update();
}

void RankBudgetDialog::update() {
    ranks_ = ranks_within(needs_, budget_->value());
    if (ranks_.empty()) return;
    const auto [least, most] = std::minmax_element(
        ranks_.begin(), ranks_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    result_->setText(
        tr("<b>%1</b> linears with ranks from <b>%2</b> (%3) to <b>%4</b> (%5): <b>%6</b> parameters")
            .arg(ranks_.size())
            .arg(least->second)
            .arg(shortPath(least->first).toHtmlEscaped())
            .arg(most->second)
            .arg(shortPath(most->first).toHtmlEscaped(), countText(parameters_of(needs_, ranks_))));
}

} // namespace lora
