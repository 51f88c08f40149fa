#pragma once
// Asks how many parameters the next run may have, and shows the ranks that follow from what each linear used.

#include "engine/targets/rank_pattern.h"

#include <QDialog>

class QLabel;
class QSpinBox;

namespace lora {

class RankBudgetDialog : public QDialog {
    Q_OBJECT
public:
    /// `parameters`: what the adapter has now, the first proposal.
    RankBudgetDialog(std::vector<RankNeed> needs, std::int64_t parameters, QWidget* parent);

    const RankPattern& ranks() const { return ranks_; }

private:
    void update();

    std::vector<RankNeed> needs_;
    RankPattern ranks_;
    QSpinBox* budget_;
    QLabel* result_;
};

} // namespace lora
