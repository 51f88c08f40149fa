#pragma once
// The adapter in place beside another one: which directions they share, and whether they can be added.

#include "ui/elements/result_table.h"
#include "ui/laboratory/laboratory_view.h"

#include <memory>

class QComboBox;
class QTableView;

namespace lora {

class Note;
class SimilarityPlot;

class ComparisonView : public LaboratoryView {
    Q_OBJECT
public:
    explicit ComparisonView(QWidget* parent = nullptr);

    /// With a PEFT folder or a safetensors file with loralib's names.
    void compareWith(const QString& path);
    void setComparison(std::shared_ptr<const AdapterComparison> comparison);
    void clear() override;
    QCustomPlot* plot() const override;
    Table table() const override;
    QString name() const override;

Q_SIGNALS:
    void browseRequested();

private:
    void showTarget();

    std::shared_ptr<const AdapterComparison> comparison_;
    ResultTable* targets_;
    QTableView* view_;
    Note* warning_;
    QComboBox* side_;
    SimilarityPlot* ofA_;
    SimilarityPlot* ofUpdate_;
    SimilarityPlot* random_;
    QLabel* angles_;
};

} // namespace lora
