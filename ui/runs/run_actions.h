#pragma once
// What can be done with the runs that are selected in a list: in its context menu, by keys, and by the
// buttons above it.

class QAction;
class QAbstractButton;
class QWidget;

namespace lora {

/// What is selected, and whether the engine is free.
struct ChosenRuns {
    bool any = false;
    bool one = false;
    bool active = false;    ///< the run in progress is among them
    bool resumable = false; ///< one, and it can go on from its checkpoint
    bool engineFree = false;
};

struct RunActions {
    QAction* open;
    QAction* openBest;
    QAction* resume;
    QAction* rename;
    QAction* note;
    QAction* showFiles;
    QAction* exportCsv;
    QAction* exportTensorBoard;
    QAction* trash;
};

/// Makes them the context menu of `list`, with keys that work in it; found by objectName.
RunActions addRunActions(QWidget& list);
void setEnabled(const RunActions& actions, const ChosenRuns& chosen);
/// The button does what the action does, and can be pressed when it can.
void join(QAbstractButton& button, QAction& action);

} // namespace lora
