#include "ui/sweeps/sweep_bar.h"

#include "ui/elements/tool_tip.h"

#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace lora {

using namespace Qt::StringLiterals;

SweepBar::SweepBar(QWidget* parent)
    : QWidget(parent), sweeps_(new QComboBox(this)), progress_(new QLabel(this)),
      fromFile_(new QPushButton(tr("From a file…"), this)),
      draft_(new QPushButton(tr("From the set-up…"), this)),
      start_(new QPushButton(tr("Start the sweep"), this)), stop_(new QPushButton(tr("Stop"), this)),
      resume_(new QPushButton(tr("Go on"), this)),
      retry_(new QPushButton(tr("Try failed ones again"), this)) {
    build();
    connect(draft_, &QPushButton::toggled, this, [this](bool on) {
        Q_EMIT draftToggled(on);
        start_->setVisible(on);
    });
    connect(start_, &QPushButton::clicked, this, &SweepBar::startWanted);
    connect(fromFile_, &QPushButton::clicked, this, &SweepBar::fileWanted);
    connect(stop_, &QPushButton::clicked, this, &SweepBar::stopWanted);
    connect(resume_, &QPushButton::clicked, this, [this] { Q_EMIT resumeWanted(/*retryFailed=*/false); });
    connect(retry_, &QPushButton::clicked, this, [this] { Q_EMIT resumeWanted(/*retryFailed=*/true); });
    connect(
        sweeps_, &QComboBox::activated, this, [this] { Q_EMIT chosen(sweeps_->currentData().toString()); });
}

void SweepBar::build() {
    sweeps_->setObjectName(u"sweepList"_s);
    describeControl(*sweeps_, tr("Sweep"), tr("The sweep whose runs and results are shown"));
    sweeps_->setMinimumContentsLength(24);
    sweeps_->setPlaceholderText(tr("No sweep yet"));
    progress_->setObjectName(u"sweepProgress"_s);
    progress_->setForegroundRole(QPalette::PlaceholderText);
    fromFile_->setObjectName(u"sweepFromFile"_s);
    fromFile_->setToolTip(
        tr("Start the runs that a sweep's JSON file lists, as lora sweep does. Data that is not "
           "beside the file is asked for."));
    draft_->setObjectName(u"sweepDraft"_s);
    draft_->setCheckable(true);
    draft_->setToolTip(tr("Vary some settings of the set-up on the left"));
    start_->setObjectName(u"startSweep"_s);
    start_->setToolTip(tr("Start all runs of the draft, one after the other"));
    start_->hide();
    stop_->setObjectName(u"stopSweep"_s);
    stop_->setToolTip(tr("Save the run under way and stop; the sweep can go on later"));
    resume_->setObjectName(u"resumeSweep"_s);
    resume_->setToolTip(tr("What is finished or failed is kept, what was under way goes on"));
    retry_->setObjectName(u"retrySweep"_s);
    retry_->setToolTip(tr("Runs that failed go on from their checkpoints, or begin anew"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 6, 10, 6);
    row->setSpacing(8);
    row->addWidget(sweeps_);
    row->addWidget(progress_, 1);
    for (QPushButton* button : {retry_, resume_, stop_, fromFile_, draft_, start_}) row->addWidget(button);
}

void SweepBar::setSweeps(const QStringList& folders, const QString& current) {
    sweeps_->clear();
    for (const QString& sweep : folders) sweeps_->addItem(QFileInfo(sweep).fileName(), sweep);
    if (!current.isEmpty() && sweeps_->findData(current) < 0)
        sweeps_->insertItem(0, QFileInfo(current).fileName(), current);
    sweeps_->setCurrentIndex(sweeps_->findData(current));
}

QString SweepBar::first() const { return sweeps_->itemData(0).toString(); }

void SweepBar::setWords(const QString& words) { progress_->setText(words); }

void SweepBar::closeDraft() { draft_->setChecked(false); }

void SweepBar::setState(const State& state) {
    fromFile_->setEnabled(state.free);
    draft_->setEnabled(state.free);
    start_->setEnabled(state.free && state.sound);
    stop_->setVisible(state.live);
    stop_->setEnabled(state.running);
    resume_->setVisible(!state.live && state.unfinished);
    resume_->setEnabled(state.free);
    retry_->setVisible(!state.live && state.failed);
    retry_->setEnabled(state.free);
}

} // namespace lora
