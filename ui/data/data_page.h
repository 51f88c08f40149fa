#pragma once
// The page of the data: what the set-up's dataset comes to as its model would be fed it, and every row of it,
// token by token. It follows the set-up while it is in sight.

#include "engine/settings/settings.h"
#include "ui/link/engine_link.h"

#include <QTimer>
#include <QWidget>
#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace lora {

class LengthsPlot;
class Note;
class RowFinder;
class RowList;
class RowView;

class DataPage : public QWidget {
    Q_OBJECT
public:
    explicit DataPage(EngineLink& link, QWidget* parent = nullptr);

    /// What model, data and limit the set-up has.
    void setBase(const RunSettings& base);
    const LengthsPlot* lengths() const { return lengths_; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    /// What is counted, and by whom.
    struct Subject {
        std::string model;
        DataSettings data;
        bool evaluation = false;
        TokenSettings tokens = {};
        bool operator==(const Subject&) const = default;
    };

    void build();
    void connectAll();
    Subject subject() const;
    /// Asks for the counts of what the set-up has now, where they are other ones than those asked for last.
    void follow();
    void survey();
    void ask(const ShowRow& row);
    void take(const DataSurveyed& told);
    void take(const RowShown& shown);
    void take(const RowSought& sought);
    void tellCounts();
    void refresh();
    QString emptyWords() const;

    EngineLink& link_;
    RunSettings base_;
    std::optional<Subject> asked_;
    RequestId survey_; ///< asked last
    RequestId row_;    ///< likewise; 0: none is awaited
    std::shared_ptr<const SurveyCounts> counts_;
    bool underWay_ = false;
    bool searching_ = false;
    bool hasRow_ = false;
    bool isBlockPart_ = false;  ///< the row's block was told while more of it were to come
    std::int64_t current_ = -1; ///< the row in sight
    QString fault_;
    QTimer wait_; ///< gathers key strokes into one question

    QComboBox* which_;
    QLabel* name_;
    QProgressBar* progress_;
    QPushButton* stop_;
    QPushButton* again_;
    Note* faultNote_;
    QLabel* sentences_;
    LengthsPlot* lengths_;
    RowFinder* finder_;
    RowList* list_;
    RowView* view_;
};

} // namespace lora
