#include "ui/runs/run_actions.h"

#include <QAbstractButton>
#include <QAction>
#include <QCoreApplication>
#include <QKeySequence>
#include <QWidget>

namespace lora {

namespace {

QAction* add(
    QWidget& list, const char* objectName, const char* text, const char* help, const QKeySequence& key = {}) {
    auto* action = new QAction(QCoreApplication::translate("lora", text), &list);
    action->setObjectName(QLatin1StringView(objectName));
    action->setToolTip(QCoreApplication::translate("lora", help));
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetShortcut); // elsewhere these keys belong to what is typed in
    list.addAction(action);
    return action;
}

void addSeparator(QWidget& list) {
    auto* line = new QAction(&list);
    line->setSeparator(true);
    list.addAction(line);
}

} // namespace

RunActions addRunActions(QWidget& list) {
    RunActions actions{};
    list.setContextMenuPolicy(Qt::ActionsContextMenu);
    actions.open = add(list, "runOpen", "&Open", "Show this run's plots, adapter and settings");
    actions.openBest = add(list, "runOpenBest", "Open its &best checkpoint",
        "Show it with the adapter of its best evaluation in place");
    actions.resume =
        add(list, "runResume", "&Resume from its checkpoint", "Go on with this run from its last checkpoint");
    addSeparator(list);
    actions.rename = add(list, "runRename", "Re&name…", "Give it another title", QKeySequence(Qt::Key_F2));
    actions.note = add(list, "runNoteAction", "&Write a note", "Words that are kept in the run's folder");
    actions.showFiles = add(list, "runShowFiles", "Show its &files", "Its folder in the file manager");
    addSeparator(list);
    actions.exportCsv = add(list, "runExportCsv", "Export curves as &CSV…", "All curves as numbers");
    actions.exportTensorBoard =
        add(list, "runExportTensorBoard", "Export &TensorBoard event files…", "All curves for TensorBoard");
    addSeparator(list);
    actions.trash = add(list, "runTrash", "&Move to trash…",
        "The runs with their checkpoints and adapters; you are asked first", QKeySequence(Qt::Key_Delete));
    return actions;
}

void setEnabled(const RunActions& actions, const ChosenRuns& chosen) {
    for (QAction* action : {actions.open, actions.openBest}) action->setEnabled(chosen.one && !chosen.active);
    actions.resume->setEnabled(chosen.resumable && !chosen.active && chosen.engineFree);
    for (QAction* action : {actions.rename, actions.note, actions.showFiles}) action->setEnabled(chosen.one);
    for (QAction* action : {actions.exportCsv, actions.exportTensorBoard}) action->setEnabled(chosen.any);
    actions.trash->setEnabled(chosen.any && !chosen.active);
}

void join(QAbstractButton& button, QAction& action) {
    const auto follow = [&button, &action] { button.setEnabled(action.isEnabled()); };
    QObject::connect(&button, &QAbstractButton::clicked, &action, &QAction::trigger);
    QObject::connect(&action, &QAction::enabledChanged, &button, follow);
    follow();
}

} // namespace lora
