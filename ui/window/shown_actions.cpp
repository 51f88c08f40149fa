// How the window's actions look by what can be done now and by the palette: enabled or not, their icons, and
// the word for the engine's state. Declared in window_actions.h.

#include "ui/elements/icons.h"
#include "ui/elements/theme.h"
#include "ui/elements/words.h"
#include "ui/window/window_actions.h"

#include <QAction>
#include <QLabel>
#include <QMenu>

namespace lora {

using namespace Qt::StringLiterals;

void setEnabled(const WindowActions& actions, const EnabledActions& enabled, const QString& noAdapter) {
    actions.openModel->setEnabled(enabled.openModel);
    actions.openGguf->setEnabled(enabled.openModel);
    actions.openDataset->setEnabled(enabled.openDataset);
    actions.loadAdapter->setEnabled(enabled.loadAdapter);
    actions.unload->setEnabled(enabled.unload);
    actions.unload->setToolTip(enabled.unload ? tr("Take what stands on the model off it: the base again")
                                              : tr("While no run is active, and something is loaded"));
    actions.saveAdapter->setEnabled(enabled.saveAdapter);
    actions.saveTruncated->setEnabled(enabled.analyse);
    actions.exportGguf->setEnabled(enabled.analyse);
    actions.mergeModel->setEnabled(enabled.analyse);
    actions.mergeGguf->menuAction()->setEnabled(enabled.analyse);
    for (QAction* action : {actions.saveAdapter, actions.saveTruncated, actions.exportGguf,
             actions.mergeModel, actions.mergeGguf->menuAction()})
        action->setToolTip(noAdapter.isEmpty() ? action->whatsThis() : noAdapter);
    actions.openRun->setEnabled(enabled.openRun);
    actions.recent->setEnabled(enabled.openRun);
    actions.start->setEnabled(enabled.start);
    actions.enqueue->setEnabled(enabled.enqueue);
    actions.pause->setEnabled(enabled.pause);
    actions.resume->setEnabled(enabled.resume);
    actions.stop->setEnabled(enabled.stop);
    actions.saveNow->setEnabled(enabled.saveNow);
}

void setIcons(const WindowActions& actions, const QPalette& palette) {
    const SignalColors colors = signalColors(palette);
    const QColor off = palette.color(QPalette::Disabled, QPalette::ButtonText);
    actions.openModel->setIcon(icon(u"open"_s, palette));
    actions.openGguf->setIcon(icon(u"open"_s, palette));
    actions.openDataset->setIcon(icon(u"dataset"_s, palette));
    actions.start->setIcon(icon(u"play"_s, colors.good, off));
    actions.pause->setIcon(icon(u"pause"_s, palette));
    actions.resume->setIcon(icon(u"play"_s, colors.good, off));
    actions.stop->setIcon(icon(u"stop"_s, colors.error, off));
    actions.saveNow->setIcon(icon(u"save"_s, palette));
    actions.exportPlot->setIcon(icon(u"export"_s, palette));
}

void showState(QLabel& pill, EngineState state, const QPalette& palette) {
    const SignalColors colors = signalColors(palette);
    QColor color = colors.dim;
    if (state == EngineState::Running) color = colors.good;
    if (state == EngineState::Paused || state == EngineState::Stopping || state == EngineState::Loading)
        color = colors.warning;
    if (state == EngineState::Failed) color = colors.error;
    if (state == EngineState::Ready) color = palette.color(QPalette::Link);
    pill.setText(stateWord(state));
    pill.setStyleSheet(u"QLabel { color: %1; border: 1px solid %1; border-radius: 9px; padding: 2px 10px;"
                       " margin-right: 8px; font-weight: bold; }"_s.arg(color.name()));
}

} // namespace lora
