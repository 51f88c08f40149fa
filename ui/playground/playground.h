#pragma once
// The same prompt to the base and to the adapted model, side by side, token by token.

#include "ui/elements/number_field.h"
#include "ui/link/engine_link.h"
#include "ui/playground/asked_rows.h"
#include "ui/playground/generation_fields.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QLayout;
class QPlainTextEdit;
class QPushButton;

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

private:
    void connectLink();
    Generate question() const;
    /// Whether a second answer is to be expected, and by what it is named.
    void setAdapter(const AdapterChanged& adapter);
    /// Whether the model has a chat template.
    void setChatKnown(bool known);
    void add(const TextGenerated& text);
    void end(const GenerationEnded& ended);
    /// Nothing more will come.
    void abandon();
    void clearAnswers();
    /// The rows that can be asked: held out ones where there are any. A prompt that nobody typed follows.
    void takeData(const DatasetLoaded& loaded);
    void takeRow();
    /// What is known of the rows beside them, a sentence.
    QString aboutRows() const;
    QWidget* buildAsk();
    QLayout* buildRows(QWidget* ask);
    /// `beside`: what stands between its title and its note; may be null.
    QWidget* buildPane(const QString& title, const QString& objectName, QPlainTextEdit*& text, QLabel*& note,
        QLayout* beside);
    /// The adapter's name, and its scale where that is not 1.
    QString adaptedWords() const;
    void begin();
    void refresh();

    EngineLink& link_;
    RequestId request_; ///< whose answers are awaited or in sight
    QPlainTextEdit* prompt_ = nullptr;
    NumberField* row_ = nullptr;
    QPushButton* takeRow_ = nullptr;
    QCheckBox* chat_ = nullptr;
    GenerationFields* fields_ = nullptr;
    double askedScale_ = 1; ///< of the adapter, in the question whose answers are in sight
    QPushButton* generate_ = nullptr;
    QPushButton* stop_ = nullptr;
    Note* hint_ = nullptr;
    QPlainTextEdit* base_ = nullptr;
    QPlainTextEdit* adapted_ = nullptr;
    QLabel* baseNote_ = nullptr;
    QLabel* adaptedNote_ = nullptr;
    QString adapterName_;
    bool hasAdapter_ = false;
    bool isScalable_ = false; ///< it stands beside the weights, which trained weights do not
    bool usable_ = false;
    QString unusable_; ///< why not
    std::vector<AskedRow> rows_;
    bool heldOut_ = false;     ///< the rows are in a file of their own, or set apart by the seed 0
    bool splitBySeed_ = false; ///< they are set apart by a run's seed, and were read with 0
    std::uint64_t runSeed_ = 0;
    QString promptData_; ///< the data that the prompt goes with
    QString given_;      ///< the prompt as it was put there, not typed
    QString expected_;   ///< what the data answer to the row in the prompt
    int awaited_ = 0;    ///< panes whose end has not come yet
};

} // namespace lora
