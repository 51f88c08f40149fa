#include "ui/training/profile_view.h"

#include "ui/elements/tool_tip.h"

#include <QHeaderView>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString words(Phase phase) {
    switch (phase) {
    case Phase::Load: return ProfileView::tr("Opening the model");
    case Phase::Dataset: return ProfileView::tr("Reading the dataset");
    case Phase::Batch: return ProfileView::tr("Batches");
    case Phase::Attention: return ProfileView::tr("Attention, forward");
    case Phase::Mlp: return ProfileView::tr("MLP, forward");
    case Phase::Head: return ProfileView::tr("Head and loss");
    case Phase::Backward: return ProfileView::tr("Backward");
    case Phase::Recorded: return ProfileView::tr("Recorded forward and backward");
    case Phase::Optimizer: return ProfileView::tr("Optimizer");
    case Phase::Other: return ProfileView::tr("Rest of the steps");
    case Phase::Spectra: return ProfileView::tr("Spectra");
    case Phase::Evaluation: return ProfileView::tr("Evaluation");
    case Phase::Checkpoint: return ProfileView::tr("Checkpoints");
    }
    return {};
}

} // namespace

ProfileView::ProfileView(EngineLink& link, QWidget* parent) : QTreeWidget(parent) {
    setObjectName(u"profileView"_s);
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    describeControl(*this, tr("Time of each phase"),
        tr("Where the time of the run under way goes, as far as this program has run it"));
    setUniformRowHeights(true);
    setSelectionMode(QAbstractItemView::NoSelection);
    setHeaderLabels({tr("Phase"), tr("Share"), tr("Seconds"), tr("Times"), tr("Milliseconds each")});
    header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    header()->setStretchLastSection(false); // numbers stay beneath their heads
    for (int column = 1; column < columnCount(); ++column)
        headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    connect(&link, &EngineLink::stepsDone, this,
        [this](const std::vector<StepDone>& steps) { setProfile(steps.back().profile); });
}

void ProfileView::setProfile(const Profile& profile) {
    const double all = profile.seconds();
    int row = 0;
    for (std::size_t i = 0; i < phase_count; ++i) {
        const PhaseTime& time = profile.phases[i];
        if (time.times == 0 || all <= 0) continue;
        if (row == topLevelItemCount()) addTopLevelItem(new QTreeWidgetItem);
        QTreeWidgetItem* item = topLevelItem(row++);
        item->setText(0, words(Phase(i)));
        item->setText(1, QString::number(100 * time.seconds / all, 'f', 1) + u" %"_s);
        item->setText(2, QString::number(time.seconds, 'f', 2));
        item->setText(3, QString::number(time.times));
        item->setText(4, QString::number(1000 * time.seconds / static_cast<double>(time.times), 'f', 2));
        for (int column = 1; column < columnCount(); ++column)
            item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    }
    while (topLevelItemCount() > row) delete takeTopLevelItem(row);
}

} // namespace lora
