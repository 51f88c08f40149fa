#include "ui/setup/rank_budget.h"

#include "ui/elements/note.h"
#include "ui/elements/number_field.h"
#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr double mostParameters = 1e15; // beyond any model, and exact as a double

std::int64_t leastOf(const std::vector<RankNeed>& needs) {
    std::int64_t least = 0;
    for (const RankNeed& need : needs) least += need.in + need.out;
    return least;
}

} // namespace

RankBudgetDialog::RankBudgetDialog(std::vector<RankNeed> needs, std::int64_t parameters, QWidget* parent)
    : QDialog(parent), needs_(std::move(needs)), least_(leastOf(needs_)),
      budget_(new NumberField({.whole = true},
          {.lowest = static_cast<double>(least_), .highest = mostParameters, .doubles = true}, this)),
      fault_(new Note(u"budgetFault"_s, this)), result_(new QLabel(this)) {
    setObjectName(u"rankBudget"_s);
    setWindowTitle(tr("Ranks of the next run"));
    budget_->setObjectName(u"budget"_s);
    budget_->setValue(std::max(parameters, least_));
    describeControl(*budget_, tr("Trainable parameters at most"),
        tr("All ranks together cost no more; the arrows double and halve it."));
    result_->setObjectName(u"budgetResult"_s);
    result_->setWordWrap(true);
    auto* words =
        new QLabel(tr("Each linear gets a rank in proportion to the directions its update really used "
                      "(its effective rank): more where the rank was full, less where it lay idle. The "
                      "scale α/r stays the same for all."),
            this);
    words->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    use_ = buttons->button(QDialogButtonBox::Ok);
    use_->setText(tr("Use"));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(budget_, &NumberField::edited, this, &RankBudgetDialog::update);
    auto* form = new QFormLayout;
    form->addRow(tr("Trainable parameters at most"), budget_);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addWidget(words);
    column->addLayout(form);
    column->addWidget(fault_);
    column->addWidget(result_);
    column->addWidget(buttons);
    setMinimumWidth(420);
    update();
}

void RankBudgetDialog::update() {
    const bool enough = budget_->isUnderstood()
                        && budget_->value().get<double>() >= static_cast<double>(least_)
                        && budget_->value().get<double>() <= mostParameters;
    budget_->setFaulty(!enough);
    use_->setEnabled(enough);
    result_->setVisible(enough);
    if (!enough)
        return fault_->tell(
            budget_->isUnderstood()
                ? tr("%1, rank 1 everywhere, to %2 is expected.")
                      .arg(countText(least_), countText(static_cast<std::int64_t>(mostParameters)))
                : budget_->why(),
            NoteKind::Error);
    fault_->tell({});
    ranks_ = ranks_within(needs_, budget_->value().get<std::int64_t>());
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
