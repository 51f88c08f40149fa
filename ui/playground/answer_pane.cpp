#include "ui/playground/answer_pane.h"

#include "ui/elements/elided_label.h"
#include "ui/elements/tool_tip.h"

#include <QGridLayout>
#include <QLabel>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

AnswerPane::AnswerPane(const QString& title, const QString& objectName, QLayout* beside, QWidget* parent)
    : QWidget(parent), title_(new ElidedLabel(this)), note_(new ElidedLabel(this)),
      text_(new AnswerText(this)) {
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    setTitle(title);
    note_->setForegroundRole(QPalette::PlaceholderText);
    note_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    text_->setObjectName(objectName);
    describeControl(*text_, tr("Answer: %1").arg(title),
        tr("What the model answers, token by token. The pointer over a word, or the caret before it, shows "
           "how "
           "likely it was and what else would have been."));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(4, 0, 0, 0);
    grid->setSpacing(3);
    grid->addWidget(title_, 0, 0);
    if (beside) grid->addLayout(beside, 0, 1);
    grid->addWidget(note_, 0, 2);
    grid->addWidget(text_, 1, 0, 1, 3);
    grid->setColumnStretch(0, 2);
    grid->setColumnStretch(2, 1);
}

void AnswerPane::setTitle(const QString& title) {
    constexpr int most = 120; // pixels that it keeps where there is little room
    title_->setText(title);
    title_->setToolTip(plainTip(title));
    title_->setMinimumWidth(std::min(most, title_->fontMetrics().horizontalAdvance(title)));
}

void AnswerPane::setNote(const QString& note) {
    note_->setText(note);
    note_->setToolTip(plainTip(note));
}

void AnswerPane::setHeadHeight(int height) {
    static_cast<QGridLayout*>(layout())->setRowMinimumHeight(0, height);
}

} // namespace lora
