#include "ui/setup/start_panel.h"

#include "engine/method_sheets/method_sheet.h"
#include "ui/elements/note.h"
#include "ui/setup/run_card.h"
#include "ui/setup/savings_view.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

StartPanel::StartPanel(QWidget* parent)
    : QWidget(parent), savings_(new SavingsView(this)), card_(new RunCard(this)),
      start_(new QPushButton(tr("Start training"), this)),
      enqueue_(new QPushButton(tr("Add to queue"), this)), hint_(new Note(u"startHint"_s, this)) {
    setObjectName(u"startPanel"_s);
    start_->setObjectName(u"startButton"_s);
    start_->setMinimumHeight(38);
    start_->setToolTip(tr("Train with these settings now (F5)"));
    enqueue_->setObjectName(u"enqueueButton"_s);
    enqueue_->setMinimumHeight(38);
    enqueue_->setToolTip(tr("Train with these settings once the runs before are over (Shift+F5)"));
    colorStart();
    hint_->setAlignment(Qt::AlignHCenter);
    connect(start_, &QPushButton::clicked, this, &StartPanel::startClicked);
    connect(enqueue_, &QPushButton::clicked, this, &StartPanel::enqueueClicked);
    connect(card_, &RunCard::mendClicked, this, &StartPanel::mendClicked);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addWidget(savings_);
    column->addWidget(card_);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(start_, 1);
    row->addWidget(enqueue_);
    column->addLayout(row);
    column->addWidget(hint_);
}

void StartPanel::setPlan(const RunPlan& plan) {
    model_.setPlan(plan);
    showSavings();
    card_->show(model_);
}

void StartPanel::showSavings() {
    const RunPlan& plan = model_.plan();
    if (!plan.model) return savings_->setSavings({}, 0);
    const std::size_t labels = plan.train ? plan.train->labels.size() : 0;
    const Savings nothing = count_savings(*plan.model, {}, /*rank=*/1, labels);
    savings_->setSavings(model_.outline().savings.value_or(nothing), plan.model->parameters,
        trains_weights(plan.settings.method) ? tr("Result") : tr("Adapter"));
}

void StartPanel::setState(const EnabledActions& enabled, const QString& hint) {
    start_->setEnabled(enabled.start);
    enqueue_->setEnabled(enabled.enqueue);
    card_->setMendable(enabled.editSetup);
    const bool ahead = enabled.planNext && hint.isEmpty();
    hint_->tell(ahead ? tr("A run is under way. What is changed here is for a later one.") : hint);
}

void StartPanel::setBrief(bool brief) { savings_->setBrief(brief); }

void StartPanel::setCorner(QWidget* corner) { savings_->setCorner(corner); }

void StartPanel::colorStart() {
    const QString off = palette().color(QPalette::Disabled, QPalette::ButtonText).name();
    start_->setStyleSheet(
        u"QPushButton { background: palette(highlight); color: palette(highlighted-text); border: none;"
        " border-radius: 5px; font-weight: bold; }"
        "QPushButton:disabled { background: palette(button); color: %1; }"
        "QPushButton:focus { border: 2px solid palette(window-text); }"_s.arg(off));
}

void StartPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) colorStart();
}

} // namespace lora
