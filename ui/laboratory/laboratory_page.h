#pragma once
// The laboratory: questions to the adapter in place, with or without a run. A view each.

#include "ui/laboratory/laboratory_view.h"
#include "ui/link/engine_link.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTabWidget;

namespace lora {

class AdvisorView;
class ComparisonView;
class WeightsView;

class LaboratoryPage : public QWidget {
    Q_OBJECT
public:
    /// `runs`: the folder of runs, whose adapters are offered first.
    LaboratoryPage(EngineLink& link, const QString& runs, QWidget* parent = nullptr);

    LaboratoryView* current() const;
    void setUsable(bool usable, const QString& hint);
    /// The set-up, whose dataset is measured on where the adapter is of no run that is known.
    void setBase(const RunSettings& base) { base_ = base; }
    bool isMeasuring() const;
    /// Asks where the smaller adapter goes that the advisor has chosen; measures first where nothing was.
    void saveSmaller();

Q_SIGNALS:
    void loadAdapterRequested();
    void measuringChanged();
    void said(const QString& text);

private:
    void connectViews();
    void connectLink();
    void ask(LaboratoryView& view, const Command& command);
    void noteMeasuring();
    void setAdapter(const AdapterChanged& adapter);
    void setRun(const std::string& folder, const RunSettings& settings);
    void chooseRows();
    void takeAdvice(const RankAdvised& advised);
    void saveTruncated();
    void compareWithAdapter();
    void chooseAdviceData();
    std::vector<LaboratoryView*> all() const;

    EngineLink& link_;
    QString runs_;
    RunSettings base_;
    RunSettings run_;       ///< of the last run that was started or opened
    QString runFolder_;     ///< where it lies; empty: none
    QString adapterFolder_; ///< of the adapter in place; that of a run for what the run made
    bool wasUsable_ = false;
    bool wasMeasuring_ = false;
    RequestId saveWhenAnswered_; ///< the question whose answer a smaller adapter is to be saved by; 0: none
    QLabel* adapter_;
    QPushButton* load_;
    QTabWidget* views_;
    AdvisorView* advisor_;
    WeightsView* weights_;
    ComparisonView* comparison_;
};

} // namespace lora
