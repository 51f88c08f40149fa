#pragma once
// The run card: what is about to start, in a few lines, and below it what is doubtful about it.

#include "ui/setup/run_card_model.h"

#include <QWidget>
#include <vector>

class QFormLayout;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace lora {

class DoubtRow;

class RunCard : public QWidget {
    Q_OBJECT
public:
    explicit RunCard(QWidget* parent = nullptr);

    void show(const RunCardModel& model);
    /// Whether the settings may be changed.
    void setMendable(bool mendable);

Q_SIGNALS:
    void mendClicked(int doubt);

private:
    void showLines(const std::vector<RunCardLine>& lines);
    void showDoubts(const std::vector<RunCardDoubt>& doubts);
    /// The first ones alone, or all where the person asked for them.
    void foldDoubts();

    std::vector<RunCardDoubt> shown_;
    std::vector<QLabel*> values_;
    std::vector<DoubtRow*> rows_;
    bool mendable_ = true;
    QFormLayout* lines_;
    QVBoxLayout* doubts_;
    QToolButton* more_;
};

} // namespace lora
