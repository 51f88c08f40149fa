#pragma once
// The same prompt to the base, to the adapted model and to further adapters, side by side, token by token;
// raw, or as a chat that goes on.

#include "ui/elements/number_field.h"
#include "ui/link/engine_link.h"
#include "ui/playground/answer_pane.h"
#include "ui/playground/dialogue.h"
#include "ui/playground/generation_fields.h"
#include "ui/playground/row_taker.h"

#include <QWidget>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QSplitter;
class QToolButton;

namespace lora {

class Note;
class Playground : public QWidget {
    Q_OBJECT
public:
    explicit Playground(EngineLink& link, QWidget* parent = nullptr);

    /// Stands until it is typed over, or until another dataset is read.
    void setPrompt(const QString& prompt, const QString& dataset);
    void setMaxNewTokens(std::int64_t count);
    /// `hint` says why it cannot be used; empty where it can.
    void setUsable(bool usable, const QString& hint);
    /// One more adapter that answers, as for LoadAdapter.
    void addBeside(const QString& path);

Q_SIGNALS:
    /// An adapter is to be chosen and given to addBeside().
    void besideWanted();

private:
    /// An adapter that answers beside the one in place.
    struct Beside {
        QString path;
        AnswerPane* pane;
    };

    void connectLink();
    QWidget* buildAsk();
    QWidget* buildChatLine(QWidget* ask);
    void setPromptLines(int least);
    void connectAsk();
    QLayout* buildAdaptedHead();
    Generate question() const;
    /// Whether a second answer is to be expected, and by what it is named.
    void setAdapter(const AdapterChanged& adapter);
    /// Whether the model has a chat template.
    void setChatKnown(bool known);
    void add(const TextGenerated& text);
    void end(const GenerationEnded& ended);
    /// Nothing more will come.
    void abandon();
    /// The answers go, and the chat that they belong to.
    void startAnew();
    /// As startAnew(); who still speaks is stopped.
    void endChat();
    /// All, at their numbers: the base's, the adapted model's, those beside.
    std::vector<AnswerPane*> panes() const;
    /// Of a pane's number; null where there is none.
    AnswerPane* pane(std::int64_t number) const;
    /// Those that answer what is asked now.
    std::vector<AnswerPane*> speakingPanes() const;
    void removeBeside(const AnswerPane* pane);
    void removeAllBeside();
    void takeData(const DatasetLoaded& loaded);
    void takeRow(const AskedRow& row);
    void begin();
    void refresh();

    EngineLink& link_;
    RequestId request_; ///< whose answers are awaited or in sight
    QSplitter* split_ = nullptr;
    QPlainTextEdit* prompt_ = nullptr;
    RowTaker* rows_ = nullptr;
    QCheckBox* chat_ = nullptr;
    QWidget* chatLine_ = nullptr;
    QLineEdit* system_ = nullptr;
    QPushButton* newChat_ = nullptr;
    Dialogue dialogue_;
    GenerationFields* fields_ = nullptr;
    double askedScale_ = 1; ///< of the adapters, in the question whose answers are in sight
    QPushButton* generate_ = nullptr;
    QPushButton* stop_ = nullptr;
    Note* hint_ = nullptr;
    AnswerPane* base_ = nullptr;
    AnswerPane* adapted_ = nullptr;
    std::vector<Beside> beside_;
    QToolButton* addBeside_ = nullptr;
    bool hasAdapter_ = false;
    bool isScalable_ = false; ///< it stands beside the weights, which trained weights do not
    bool usable_ = false;
    QString unusable_;        ///< why not
    QString promptData_;      ///< the data that the prompt goes with
    QString given_;           ///< the prompt as it was put there, not typed
    QString expected_;        ///< what the data answer to the row in the prompt
    std::size_t awaited_ = 0; ///< panes whose end has not come yet
};

} // namespace lora
