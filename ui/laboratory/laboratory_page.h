#pragma once
// The laboratory: questions to the adapter in place, with or without a run. A view each.

#include "ui/laboratory/laboratory_view.h"

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
    explicit LaboratoryPage(QWidget* parent = nullptr);

    AdvisorView* advisor() const { return advisor_; }
    WeightsView* weights() const { return weights_; }
    ComparisonView* comparison() const { return comparison_; }
    LaboratoryView* current() const;
    /// Brings the rank advisor to the front.
    void showAdvisor();
    void setAdapter(const AdapterChanged& adapter);
    void setUsable(bool usable, const QString& hint);
    void setProgress(const AnalysisProgress& progress);
    /// A question was refused.
    void abandon();

Q_SIGNALS:
    void asked(const lora::Command& command);
    void loadAdapterRequested();

private:
    std::vector<LaboratoryView*> all() const;

    QLabel* adapter_;
    QPushButton* load_;
    QTabWidget* views_;
    AdvisorView* advisor_;
    WeightsView* weights_;
    ComparisonView* comparison_;
};

} // namespace lora
