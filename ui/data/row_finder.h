#pragma once
// The ways to a row: by words in it, by its line, and to what is worth a look.

#include "engine/survey/counts.h"
#include "engine/worker/messages.h"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace lora {

class NumberField;

class RowFinder : public QWidget {
    Q_OBJECT
public:
    explicit RowFinder(QWidget* parent = nullptr);

    /// What there is to go to; null: nothing.
    void setCounts(const SurveyCounts* counts);
    /// The row that is in sight, from which on is looked, and its line; a line that is being typed stays.
    void setCurrent(std::int64_t index, std::int64_t line);
    /// How a search goes, or that nothing was found; empty text: nothing to say.
    void tell(const QString& text);
    void focusWords();

Q_SIGNALS:
    void wanted(const lora::ShowRow& row);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QPushButton* add(QHBoxLayout& row, const QString& objectName, const QString& text, const QString& help,
        ShowRow::By by);
    void find();
    void goToLine();

    std::int64_t current_ = -1;
    QLineEdit* words_;
    QPushButton* find_;
    NumberField* line_;
    QPushButton* longest_ = nullptr;
    QPushButton* cut_ = nullptr;
    QPushButton* leftOut_ = nullptr;
    QPushButton* repeated_ = nullptr;
    QLabel* word_;
};

} // namespace lora
