#include "ui/laboratory/laboratory_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

LaboratoryView::LaboratoryView(const QString& explanation, QWidget* parent)
    : QWidget(parent), column_(new QVBoxLayout(this)), controls_(new QHBoxLayout), hint_(new QLabel(this)),
      finding_(new QLabel(this)), start_(new QPushButton(this)), stop_(new QPushButton(tr("Stop"), this)),
      progress_(new QProgressBar(this)) {
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(0);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(12, 8, 12, 8);
    head->setSpacing(8);
    auto* words = new QLabel(explanation, this);
    words->setWordWrap(true);
    words->setForegroundRole(QPalette::PlaceholderText);
    head->addWidget(words);
    start_->setObjectName(u"ask"_s);
    start_->setToolTip(u"<p>%1</p>"_s.arg(explanation.toHtmlEscaped()));
    stop_->setObjectName(u"stopAsking"_s);
    stop_->setToolTip(tr("End the measuring; what is done so far is shown"));
    stop_->hide();
    progress_->setFixedWidth(180);
    progress_->hide();
    hint_->setObjectName(u"askHint"_s);
    hint_->setForegroundRole(QPalette::PlaceholderText);
    controls_->setSpacing(8);
    controls_->addWidget(start_);
    controls_->addWidget(stop_);
    controls_->addWidget(progress_);
    controls_->addWidget(hint_);
    controls_->addStretch();
    head->addLayout(controls_);
    finding_->setObjectName(u"finding"_s);
    finding_->setWordWrap(true);
    finding_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    finding_->hide();
    QFont bold = finding_->font();
    bold.setBold(true);
    finding_->setFont(bold);
    head->addWidget(finding_);
    column_->addLayout(head);
    connect(stop_, &QPushButton::clicked, this, [this] { Q_EMIT asked(StopAnalysis{}); });
}

void LaboratoryView::setUsable(bool usable, const QString& hint) {
    start_->setEnabled(usable);
    hint_->setText(hint);
    hint_->setVisible(!hint.isEmpty() && !isAtWork());
}

void LaboratoryView::beginProgress() {
    start_->hide();
    hint_->hide();
    stop_->show();
    progress_->setRange(0, 0);
    progress_->show();
}

bool LaboratoryView::isAtWork() const { return !stop_->isHidden(); }

void LaboratoryView::setProgress(const AnalysisProgress& progress) {
    if (!isAtWork() || progress.request != request_) return;
    progress_->setRange(0, static_cast<int>(progress.total));
    progress_->setValue(static_cast<int>(progress.done));
}

void LaboratoryView::endProgress() {
    stop_->hide();
    progress_->hide();
    start_->show();
    hint_->setVisible(!hint_->text().isEmpty());
}

void LaboratoryView::tell(const QString& finding) {
    finding_->setText(finding);
    finding_->setVisible(!finding.isEmpty());
}

} // namespace lora
