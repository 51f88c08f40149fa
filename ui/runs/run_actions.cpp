#include "ui/runs/run_actions.h"

#include <QAbstractButton>
#include <QAction>
#include <QCoreApplication>
#include <QKeySequence>
#include <QWidget>

namespace lora {

namespace {

QAction* add(QWidget& list, const char* objectName, const char* text, const QKeySequence& key = {}) {
    auto* action = new QAction(QCoreApplication::translate("lora", text), &list);
    action->setObjectName(QLatin1StringView(objectName));
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
    actions.open = add(list, "runOpen", "&Open");
    actions.openBest = add(list, "runOpenBest", "Open its &best checkpoint");
    actions.resume = add(list, "runResume", "&Resume from its checkpoint");
    addSeparator(list);
    actions.rename = add(list, "runRename", "Re&name…", QKeySequence(Qt::Key_F2));
    actions.note = add(list, "runNoteAction", "&Write a note");
    actions.showFiles = add(list, "runShowFiles", "Show its &files");
    addSeparator(list);
    actions.exportCsv = add(list, "runExportCsv", "Export curves as &CSV…");
    actions.exportTensorBoard = add(list, "runExportTensorBoard", "Export &TensorBoard event files…");
    addSeparator(list);
    actions.trash = add(list, "runTrash", "&Move to trash…", QKeySequence(Qt::Key_Delete));
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
