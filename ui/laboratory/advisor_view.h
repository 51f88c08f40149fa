#pragma once
// How small the adapter could be: energy kept and measured loss at each rank, and a smaller adapter by one
// click.

#include "engine/data/data_settings.h"
#include "ui/elements/result_table.h"
#include "ui/laboratory/laboratory_view.h"

#include <memory>

class QCheckBox;
class QLabel;
class QTableView;

namespace lora {

class AdvicePlot;
class NumberField;
class PathField;

class AdvisorView : public LaboratoryView {
    Q_OBJECT
public:
    explicit AdvisorView(QWidget* parent = nullptr);

    /// What the adapter was trained with, or would be: the loss is measured on the rows that this is
    /// evaluated on, or on those that it trains on, until another file is typed.
    void setData(const DataSettings& run, std::int64_t batch);
    /// Another file, as if it was typed.
    void setFile(const QString& path);
    void setAdvice(const RankAdvised& advised);
    /// Asks for the energies alone, which come at once, unless an answer is on its way.
    void measureEnergies();
    /// The same, where the view is seen, can ask and shows nothing yet.
    void fillIfSeen();
    /// Whether the selected row is a smaller adapter, which can be saved.
    bool isSmallerChosen() const;
    /// The smaller adapter of the selected row as a command; without ranks if none is selected.
    SaveTruncated truncation(const QString& folder) const;
    void clear() override;
    QCustomPlot* plot() const override;
    Table table() const override;
    QString name() const override;

protected:
    void showEvent(QShowEvent* event) override;

Q_SIGNALS:
    void dataBrowseRequested();
    void saveRequested(); ///< of the selected row

private:
    void ask();
    void ask(const DataSettings& rows); ///< of no file: energies alone
    DataSettings rowsAsked() const;
    void showRows();
    bool isCountTaken() const;
    QWidget* buildSide();
    void showChosen();

    std::shared_ptr<const RankAdvice> advice_;
    DataSettings run_; ///< the adapter's
    std::int64_t batch_ = 8;
    bool isCounted_ = false; ///< the user typed how many samples
    PathField* data_;
    NumberField* samples_;
    QLabel* rows_; ///< what the samples are
    QCheckBox* spread_;
    AdvicePlot* plot_;
    ResultTable* points_;
    QTableView* view_;
    QPushButton* save_;
    QLabel* cost_;  ///< of the selected row
    QWidget* side_; ///< hidden until there are rows
};

} // namespace lora
