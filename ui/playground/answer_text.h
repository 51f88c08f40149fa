#pragma once
// What a model says, token by token: each tells how likely it was, beneath the pointer or at the caret.

#include "engine/worker/messages.h"

#include <QPlainTextEdit>
#include <vector>

namespace lora {

class AnswerText : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit AnswerText(QWidget* parent = nullptr);

    /// What was said to the model, before its answer.
    void addQuestion(const QString& question);
    void add(const QString& text, const std::vector<SaidToken>& tokens);
    void clearAll();
    /// Of the token at this place of the text; empty where no token is.
    QString chancesAt(int position) const;

protected:
    bool viewportEvent(QEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;

private:
    struct Said {
        int begin, end; ///< in the text
        std::vector<SaidToken> tokens;
    };

    void append(const QString& text, const QTextCharFormat& format);

    std::vector<Said> said_; ///< in order
};

/// A line for each token: how likely it was, and what else was.
QString chanceWords(const std::vector<SaidToken>& tokens);

} // namespace lora
