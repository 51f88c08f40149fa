#pragma once
// The page of what the run in sight answers at its evaluations: before beside after, one prompt through time,
// and of a classifier what it takes for what.

#include "ui/answers/answers_history.h"
#include "ui/link/engine_link.h"

#include <QWidget>
#include <string>
#include <vector>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace lora {

class AnswersPage : public QWidget {
    Q_OBJECT
public:
    explicit AnswersPage(EngineLink& link, QWidget* parent = nullptr);

    /// The settings of the next run, which say what it will be asked.
    void setBase(const RunSettings& base);

Q_SIGNALS:
    void answersWanted(); ///< of the next run, which is not asked anything so far

private:
    struct Results {
        ResultTable* table;
        QTableView* view;
        QLabel* title;
    };

    void connectLink(EngineLink& link);
    QWidget* buildEmpty();
    QWidget* buildPair(Results& first, Results& second, Qt::Orientation orientation);
    Results makeResults(const char* name, const QString& title, const QString& help);
    void fill(Results& results, ResultRows rows, const QString& title);
    void refresh();
    void showPrompt();

    AnswersHistory history_;
    std::vector<std::string> labels_; ///< of the dataset read last
    QLabel* headline_;
    QStackedWidget* stack_;
    QLabel* emptyWords_;
    QPushButton* wanted_;
    QWidget* empty_;
    Results prompts_;
    Results answers_;
    Results first_; ///< confusion before
    Results last_;
    QWidget* ofAnswers_;
    QWidget* ofClasses_;
};

} // namespace lora
