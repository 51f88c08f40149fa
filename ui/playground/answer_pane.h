#pragma once
// One who answers, in a column of the playground: the name, what is known of the answer, the answer.

#include "ui/playground/answer_text.h"

#include <QWidget>

class QLabel;
class QLayout;

namespace lora {

class AnswerPane : public QWidget {
    Q_OBJECT
public:
    /// `objectName` is the text's. `beside` stands behind the title; may be null.
    AnswerPane(const QString& title, const QString& objectName, QLayout* beside, QWidget* parent = nullptr);

    AnswerText& text() { return *text_; }
    void setTitle(const QString& title);
    void setNote(const QString& note);
    /// So high is the line above the text at least, that all panes' texts begin in one line.
    void setHeadHeight(int height);

private:
    QLabel* title_;
    QLabel* note_;
    AnswerText* text_;
};

} // namespace lora
