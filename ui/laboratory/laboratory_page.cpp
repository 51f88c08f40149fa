#include "ui/laboratory/laboratory_page.h"

#include "ui/elements/adapter_words.h"
#include "ui/elements/file_dialogs.h"
#include "ui/elements/quantities.h"
#include "ui/laboratory/advisor_view.h"
#include "ui/laboratory/comparison_view.h"
#include "ui/laboratory/weights_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

LaboratoryPage::LaboratoryPage(EngineLink& link, const QString& runs, QWidget* parent)
    : QWidget(parent), link_(link), runs_(runs), adapter_(new QLabel(this)),
      load_(new QPushButton(tr("Load adapter…"), this)), views_(new QTabWidget(this)),
      advisor_(new AdvisorView(this)), weights_(new WeightsView(this)),
      comparison_(new ComparisonView(this)) {
    setObjectName(u"laboratoryPage"_s);
    adapter_->setObjectName(u"laboratoryAdapter"_s);
    load_->setObjectName(u"laboratoryLoad"_s);
    load_->setToolTip(tr("Put another adapter onto the model that is open"));
    views_->setObjectName(u"laboratoryViews"_s);
    views_->setDocumentMode(true);
    views_->addTab(advisor_, tr("How much rank?"));
    views_->addTab(weights_, tr("Against W₀"));
    views_->addTab(comparison_, tr("Against another adapter"));
    views_->setTabToolTip(0, tr("How small the adapter could be, and what a smaller one loses"));
    views_->setTabToolTip(1, tr("How the update lies to the model's own weights"));
    views_->setTabToolTip(2, tr("Which directions two adapters share"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 4, 12, 4);
    head->addWidget(adapter_, 1);
    head->addWidget(load_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(views_, 1);
    connectViews();
    connectLink();
    setAdapter({});
}

void LaboratoryPage::connectViews() {
    connect(load_, &QPushButton::clicked, this, &LaboratoryPage::loadAdapterRequested);
    for (LaboratoryView* view : all())
        connect(view, &LaboratoryView::asked, this,
            [this, view](const Command& command) { ask(*view, command); });
    connect(advisor_, &AdvisorView::saveRequested, this, &LaboratoryPage::saveTruncated);
    connect(advisor_, &AdvisorView::dataBrowseRequested, this, &LaboratoryPage::chooseAdviceData);
    connect(comparison_, &ComparisonView::browseRequested, this, &LaboratoryPage::compareWithAdapter);
}

// An answer reaches the view that asked for it, and a refusal ends that view's waiting alone.
void LaboratoryPage::connectLink() {
    link_.on<AdapterChanged>(this,
        [this](const AdapterChanged& adapter) { setAdapter(adapter.weights ? AdapterChanged{} : adapter); });
    link_.on<ModelClosed>(this, [this](const ModelClosed&) { setAdapter({}); });
    link_.on<AnalysisProgress>(this, [this](const AnalysisProgress& progress) {
        for (LaboratoryView* view : all()) view->setProgress(progress);
    });
    link_.on<RankAdvised>(this, [this](const RankAdvised& advised) {
        if (advised.request == advisor_->awaited()) takeAdvice(advised);
    });
    link_.on<WeightsCompared>(this, [this](const WeightsCompared& compared) {
        if (compared.request == weights_->awaited()) weights_->setComparisons(compared);
    });
    link_.on<AdaptersCompared>(this, [this](const AdaptersCompared& compared) {
        if (compared.request == comparison_->awaited()) comparison_->setComparison(compared.comparison);
    });
    link_.on<DatasetLoaded>(this, [this](const DatasetLoaded&) { chooseRows(); });
    link_.on<RunStarted>(this, [this](const RunStarted& run) { setRun(run.folder, run.settings); });
    link_.on<RunOpened>(
        this, [this](const RunOpened& run) { setRun(run.record->folder, run.record->settings); });
    link_.on<Refused>(this, [this](const Refused& refused) {
        if (refused.request.id == saveWhenAnswered_) saveWhenAnswered_ = {};
        for (LaboratoryView* view : all())
            if (refused.request.id == view->awaited()) view->endProgress();
    });
    connect(&link_, &EngineLink::told, this, &LaboratoryPage::noteMeasuring);
}

void LaboratoryPage::ask(LaboratoryView& view, const Command& command) {
    const RequestId request = link_.post(command);
    if (!std::holds_alternative<StopAnalysis>(command)) view.await(request);
    noteMeasuring();
}

void LaboratoryPage::noteMeasuring() {
    const bool now = isMeasuring();
    if (std::exchange(wasMeasuring_, now) != now) Q_EMIT measuringChanged();
}

bool LaboratoryPage::isMeasuring() const {
    const auto views = all();
    return std::any_of(
        views.begin(), views.end(), [](const LaboratoryView* view) { return view->isAtWork(); });
}

std::vector<LaboratoryView*> LaboratoryPage::all() const { return {advisor_, weights_, comparison_}; }

LaboratoryView* LaboratoryPage::current() const {
    return all().at(static_cast<std::size_t>(views_->currentIndex()));
}

void LaboratoryPage::setRun(const std::string& folder, const RunSettings& settings) {
    runFolder_ = QString::fromStdString(folder);
    run_ = settings;
    chooseRows();
}

// An adapter is measured on the rows that its own run was evaluated on, whatever the set-up says by now. Of
// one from elsewhere only the set-up's dataset is known.
void LaboratoryPage::chooseRows() {
    const bool isOfRun = !runFolder_.isEmpty()
                         && (adapterFolder_ == runFolder_ || adapterFolder_.startsWith(runFolder_ + u'/'));
    const RunSettings& settings = isOfRun ? run_ : base_;
    advisor_->setData(settings.data, settings.training.batch);
}

void LaboratoryPage::setAdapter(const AdapterChanged& adapter) {
    adapterFolder_ = QString::fromStdString(adapter.name);
    chooseRows();
    adapter_->setText(adapter.targets.empty() ? tr("No adapter is in place: train one, or load one.")
                                              : tr("<b>%1</b> · rank %2 · %3 linears · %4 parameters")
                                                    .arg(adapterWords(adapter).toHtmlEscaped())
                                                    .arg(adapter.rank)
                                                    .arg(adapter.targets.size())
                                                    .arg(shortCountText(adapter.parameters)));
    for (LaboratoryView* view : all()) view->clear();
    if (!adapter.targets.empty()) advisor_->fillIfSeen();
}

void LaboratoryPage::setUsable(bool usable, const QString& hint) {
    for (LaboratoryView* view : all()) view->setUsable(usable, hint);
    if (std::exchange(wasUsable_, usable) != usable) advisor_->fillIfSeen();
}

// Where nothing was measured yet, the energies say how small it could be; they come at once.
void LaboratoryPage::saveSmaller() {
    views_->setCurrentWidget(advisor_);
    if (advisor_->isSmallerChosen()) return saveTruncated();
    advisor_->measureEnergies();
    saveWhenAnswered_ = advisor_->awaited();
}

void LaboratoryPage::takeAdvice(const RankAdvised& advised) {
    advisor_->setAdvice(advised);
    if (!advised.finished || advised.request != saveWhenAnswered_) return;
    saveWhenAnswered_ = {};
    if (advisor_->isSmallerChosen()) return saveTruncated();
    Q_EMIT said(
        tr("No smaller rank keeps 99 % of the energy. Choose a row of the table to save it all the same."));
}

void LaboratoryPage::saveTruncated() {
    const QString path = askForNewFolder(
        this, tr("Save the smaller adapter as a new folder"), u"adapter"_s, u"smaller-adapter"_s);
    if (!path.isEmpty()) link_.post(advisor_->truncation(path));
}

void LaboratoryPage::compareWithAdapter() {
    const QString path = askForAdapter(this, tr("The adapter to compare with"), runs_);
    if (!path.isEmpty()) comparison_->compareWith(path);
}

void LaboratoryPage::chooseAdviceData() {
    const QString path =
        askForFile(this, tr("The dataset to measure the loss on"), u"dataset"_s, datasetFilter());
    if (!path.isEmpty()) advisor_->setFile(path);
}

} // namespace lora
