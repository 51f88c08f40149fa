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
    /// The set-up: what its dataset is measured with once it is read.
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
    void takeAdvice(const RankAdvised& advised);
    void saveTruncated();
    void compareWithAdapter();
    void chooseAdviceData();
    std::vector<LaboratoryView*> all() const;

    EngineLink& link_;
    QString runs_;
    RunSettings base_;
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
