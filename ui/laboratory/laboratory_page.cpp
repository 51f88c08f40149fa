#include "ui/laboratory/laboratory_page.h"

#include "ui/elements/file_kind.h"
#include "ui/elements/quantities.h"
#include "ui/laboratory/advisor_view.h"
#include "ui/laboratory/comparison_view.h"
#include "ui/laboratory/weights_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

LaboratoryPage::LaboratoryPage(QWidget* parent)
    : QWidget(parent), adapter_(new QLabel(this)), load_(new QPushButton(tr("Load adapter…"), this)),
      views_(new QTabWidget(this)), advisor_(new AdvisorView(this)), weights_(new WeightsView(this)),
      comparison_(new ComparisonView(this)) {
    setObjectName(u"laboratoryPage"_s);
    adapter_->setObjectName(u"laboratoryAdapter"_s);
    load_->setObjectName(u"laboratoryLoad"_s);
    views_->setObjectName(u"laboratoryViews"_s);
    views_->setDocumentMode(true);
    views_->addTab(advisor_, tr("How much rank?"));
    views_->addTab(weights_, tr("Against W₀"));
    views_->addTab(comparison_, tr("Against another adapter"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 6, 12, 6);
    head->addWidget(adapter_, 1);
    head->addWidget(load_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(views_, 1);
    connect(load_, &QPushButton::clicked, this, &LaboratoryPage::loadAdapterRequested);
    for (LaboratoryView* view : all()) connect(view, &LaboratoryView::asked, this, &LaboratoryPage::asked);
    setAdapter({});
}

std::vector<LaboratoryView*> LaboratoryPage::all() const { return {advisor_, weights_, comparison_}; }

LaboratoryView* LaboratoryPage::current() const {
    return all().at(static_cast<std::size_t>(views_->currentIndex()));
}

void LaboratoryPage::showAdvisor() { views_->setCurrentWidget(advisor_); }

void LaboratoryPage::setAdapter(const AdapterChanged& adapter) {
    adapter_->setText(adapter.targets.empty()
                          ? tr("No adapter is in place: train one, or load one.")
                          : tr("<b>%1</b> · rank %2 · %3 linears · %4 parameters")
                                .arg(adapterName(QString::fromStdString(adapter.name)).toHtmlEscaped())
                                .arg(adapter.rank)
                                .arg(adapter.targets.size())
                                .arg(shortCountText(adapter.parameters)));
    for (LaboratoryView* view : all()) view->clear();
}

void LaboratoryPage::setUsable(bool usable, const QString& hint) {
    for (LaboratoryView* view : all()) view->setUsable(usable, hint);
    advisor_->fillIfSeen();
}

void LaboratoryPage::setProgress(const AnalysisProgress& progress) {
    for (LaboratoryView* view : all()) view->setProgress(progress);
}

void LaboratoryPage::abandon() {
    for (LaboratoryView* view : all()) view->endProgress();
}

} // namespace lora
