#pragma once
// The update beside the weights it changes: the paper's table of amplification, similarity of directions,
// intruders.

#include "ui/elements/result_table.h"
#include "ui/laboratory/laboratory_view.h"

#include <memory>

class QCheckBox;
class QComboBox;
class QTableView;

namespace lora {

class SimilarityPlot;

class WeightsView : public LaboratoryView {
    Q_OBJECT
public:
    explicit WeightsView(QWidget* parent = nullptr);

    void setComparisons(const WeightsCompared& compared);
    void clear() override;
    QCustomPlot* plot() const override;
    Table table() const override;
    QString name() const override;

private:
    void ask();
    void showTarget();

    std::shared_ptr<const WeightComparisons> comparisons_;
    QCheckBox* directions_;
    QCheckBox* intruders_;
    ResultTable* targets_;
    QTableView* view_;
    QComboBox* side_;
    SimilarityPlot* similarity_;
    QLabel* words_;
};

} // namespace lora
