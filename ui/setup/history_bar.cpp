#include "ui/setup/history_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QToolButton>

namespace lora {

using namespace Qt::StringLiterals;

HistoryBar::HistoryBar(QWidget* owner)
    : QWidget(owner), undo_(new QAction(tr("Undo"), this)), redo_(new QAction(tr("Redo"), this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    undo_->setObjectName(u"undoSetup"_s);
    redo_->setObjectName(u"redoSetup"_s);
    undo_->setShortcut(QKeySequence::Undo);
    redo_->setShortcut(QKeySequence::Redo);
    undo_->setToolTip(tr("Take back the last change of the set-up"));
    redo_->setToolTip(tr("Make the change again that was taken back"));
    undo_->setIconText(u"↶"_s); // a style's own arrows are those of a history of pages
    redo_->setIconText(u"↷"_s);
    for (QAction* action : {undo_, redo_}) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        owner->addAction(action);
        auto* button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setAutoRaise(true);
        button->setAccessibleName(action->text());
        row->addWidget(button);
    }
    connect(undo_, &QAction::triggered, this, &HistoryBar::undoWanted);
    connect(redo_, &QAction::triggered, this, &HistoryBar::redoWanted);
}

void HistoryBar::setAvailable(bool undo, bool redo) {
    undo_->setEnabled(undo);
    redo_->setEnabled(redo);
}

} // namespace lora
