#pragma once
// Energy kept and measured loss at each rank as two curves, and the rank that is enough.

#include "engine/measures/rank_advice.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/plot_frame.h"

#include <memory>

class QCPGraph;
class QCPItemStraightLine;

namespace lora {

class AdvicePlot : public PlotFrame {
    Q_OBJECT
public:
    explicit AdvicePlot(QWidget* parent = nullptr);

    /// Null: none. `finished`: nothing more of it comes, and it tells which rank is enough.
    void setAdvice(std::shared_ptr<const RankAdvice> advice, bool finished);
    Table table() const;

private:
    void recolorCurves();
    void redraw();
    void labelRanks(double most);
    void rescale(double most);

    std::shared_ptr<const RankAdvice> advice_;
    bool finished_ = false;
    QCPGraph* energy_;
    QCPGraph* loss_;
    QCPItemStraightLine* enough_;
};

} // namespace lora
