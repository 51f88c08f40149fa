#pragma once
// Asks how many parameters the next run may have, and shows the ranks that follow from what each linear used.

#include "engine/targets/rank_pattern.h"

#include <QDialog>

class QLabel;
class QPushButton;

namespace lora {

class Note;
class NumberField;

class RankBudgetDialog : public QDialog {
    Q_OBJECT
public:
    /// `parameters`: what the adapter has now, the first proposal.
    RankBudgetDialog(std::vector<RankNeed> needs, std::int64_t parameters, QWidget* parent);

    const RankPattern& ranks() const { return ranks_; }

private:
    void update();

    std::vector<RankNeed> needs_;
    std::int64_t least_ = 0; ///< parameters of rank 1 everywhere
    RankPattern ranks_;
    NumberField* budget_;
    Note* fault_;
    QLabel* result_;
    QPushButton* use_;
};

} // namespace lora
