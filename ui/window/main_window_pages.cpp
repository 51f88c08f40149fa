// The window's part that connects the laboratory, sweeps and the past runs.

#include "ui/elements/quantities.h"
#include "ui/laboratory/advisor_view.h"
#include "ui/laboratory/comparison_view.h"
#include "ui/laboratory/laboratory_page.h"
#include "ui/laboratory/weights_view.h"
#include "ui/runs/runs_page.h"
#include "ui/setup/rank_budget.h"
#include "ui/setup/setup_column.h"
#include "ui/sweeps/sweeps_page.h"
#include "ui/training/live_view.h"
#include "ui/window/main_window.h"
#include "ui/window/message_log.h"

#include <QDockWidget>
#include <QTabWidget>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

// Sweeps need neither playground nor messages, laboratory and past runs no set-up either: their room goes to
// the page, and comes back with the training.
void MainWindow::showDocksOf(const QWidget* page) {
    std::vector<QDockWidget*> away;
    if (page != live_) away = talkDocks_;
    if (page == runs_ || page == laboratory_) away.push_back(setupDock_);
    for (const auto& [dock, hidden] : std::exchange(wasHidden_, {})) dock->setHidden(hidden);
    for (QDockWidget* dock : away) {
        wasHidden_[dock] = dock->isHidden();
        dock->hide();
    }
}

void MainWindow::connectRuns() {
    connect(live_, &LiveView::nextRanksWanted, this, &MainWindow::chooseNextRanks);
    connect(runs_, &RunsPage::said, this, &MainWindow::say);
    connect(runs_, &RunsPage::complained, this, &MainWindow::complain);
    connect(runs_, &RunsPage::openRequested, this, [this](const QString& folder) {
        tabs_->setCurrentWidget(live_);
        open(FileKind::Run, folder);
    });
    connect(link_.get(), &EngineLink::stateChanged, this, [this](EngineState state) {
        runs_->setActive(isRunActive(state) ? runFolder_ : QString());
        if (runs_->isVisible()) runs_->refresh();
    });
}

void MainWindow::connectLaboratory() {
    EngineLink* link = link_.get();
    connect(
        laboratory_, &LaboratoryPage::asked, this, [this](const Command& command) { link_->post(command); });
    connect(laboratory_, &LaboratoryPage::loadAdapterRequested, this, &MainWindow::chooseAdapter);
    connect(laboratory_->advisor(), &AdvisorView::saveRequested, this, &MainWindow::saveTruncatedAs);
    connect(laboratory_->advisor(), &AdvisorView::dataBrowseRequested, this, &MainWindow::chooseAdviceData);
    connect(
        laboratory_->comparison(), &ComparisonView::browseRequested, this, &MainWindow::compareWithAdapter);
    connect(link, &EngineLink::analysisProgressed, laboratory_, &LaboratoryPage::setProgress);
    connect(link, &EngineLink::rankAdvised, this, &MainWindow::takeAdvice);
    connect(link, &EngineLink::weightsCompared, laboratory_->weights(), &WeightsView::setComparisons);
    connect(link, &EngineLink::adaptersCompared, laboratory_->comparison(), &ComparisonView::setComparison);
    connect(link, &EngineLink::datasetLoaded, this, [this] {
        const RunSettings settings = setup_->settings();
        const std::string& set = settings.data.eval.empty() ? settings.data.train : settings.data.eval;
        laboratory_->advisor()->setData(
            QString::fromStdString(set), settings.data.max_length, settings.training.batch);
    });
    connect(link, &EngineLink::modelMerged, this, [this](const ModelMerged& merged) {
        say(tr("The merged model was written to %1 (%2).")
                .arg(QString::fromStdString(merged.folder), bytesText(merged.bytes)));
        for (const std::string& note : merged.notes) warn(QString::fromStdString(note));
    });
    connect(link, &EngineLink::adapterExported, this, [this](const AdapterExported& exported) {
        say(tr("The adapter was written for llama.cpp: %1").arg(QString::fromStdString(exported.file)));
    });
}

void MainWindow::connectSweeps() {
    EngineLink* link = link_.get();
    connect(sweeps_, &SweepsPage::asked, this, [this](const Command& command) { link_->post(command); });
    connect(sweeps_, &SweepsPage::complained, this, &MainWindow::complain);
    connect(sweeps_, &SweepsPage::runOpenRequested, this, [this](const QString& folder) {
        tabs_->setCurrentWidget(live_);
        open(FileKind::Run, folder);
    });
    connect(link, &EngineLink::sweepChanged, this, [this](const SweepChanged& sweep) {
        sweeps_->setSweep(sweep);
        if (sweep.over) log_->add(tr("The sweep in %1 ended.").arg(QString::fromStdString(sweep.folder)));
    });
    connect(link, &EngineLink::stepsDone, this,
        [this](const std::vector<StepDone>& steps) { sweeps_->setStep(steps.back()); });
}

// Where nothing was measured yet, the energies say how small it could be; they come at once.
void MainWindow::saveSmaller() {
    tabs_->setCurrentWidget(laboratory_);
    laboratory_->showAdvisor();
    if (laboratory_->advisor()->isSmallerChosen()) return saveTruncatedAs();
    savesWhenAdvised_ = true;
    laboratory_->advisor()->measureEnergies();
}

void MainWindow::takeAdvice(const RankAdvised& advised) {
    laboratory_->advisor()->setAdvice(advised);
    if (!advised.finished || !std::exchange(savesWhenAdvised_, false)) return;
    if (laboratory_->advisor()->isSmallerChosen()) return saveTruncatedAs();
    say(tr("No smaller rank keeps 99 % of the energy. Choose a row of the table to save it all the same."));
}

void MainWindow::chooseNextRanks() {
    const auto latest = live_->spectra().latest();
    if (!latest || !model_) return;
    std::vector<RankNeed> needs;
    for (const LinearInfo& linear : model_->linears)
        if (const Spectrum* spectrum = spectrumOf(*latest, linear.path))
            needs.push_back(
                {linear.path, linear.in, linear.out, spectrum->measures.effective_rank.value_or(0)});
    auto* dialog = new RankBudget(std::move(needs), adapter_.parameters, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { setup_->setRanks(dialog->ranks()); });
    dialog->open();
}

} // namespace lora
