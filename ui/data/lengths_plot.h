#pragma once
// How long the rows are before the cut, with the limit among them.

#include "engine/survey/counts.h"
#include "ui/plots/plot_export.h"

#include <QWidget>
#include <memory>

class QCPBars;
class QCPItemStraightLine;
class QCPItemText;

namespace lora {

class PlotFrame;

/// Rows by length in bins of one whole width.
struct LengthColumns {
    std::int64_t width = 1;           ///< tokens a bin
    std::vector<std::int64_t> within; ///< rows that are no longer than the limit
    std::vector<std::int64_t> beyond; ///< rows that are longer
};
LengthColumns lengthColumns(const SurveyCounts& counts, std::int64_t bins);

class LengthsPlot : public QWidget {
    Q_OBJECT
public:
    explicit LengthsPlot(QWidget* parent = nullptr);
    /// Null: none.
    void setCounts(const std::shared_ptr<const SurveyCounts>& counts);
    PlotFrame* frame() const { return frame_; }
    /// Each length and its rows.
    Table table() const;

private:
    void recolor();

    PlotFrame* frame_;
    QCPBars* within_;
    QCPBars* beyond_;
    QCPItemStraightLine* limit_;
    QCPItemText* limitWords_;
    std::shared_ptr<const SurveyCounts> counts_;
};

} // namespace lora
