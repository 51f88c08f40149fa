#pragma once
// φ(i, j) as the paper's figures 3 and 4 draw it: the first i directions of one downwards, the first j of the
// other across, colours from 0 to 1.

#include "engine/measures/similarity_values.h"
#include "ui/plots/plot_export.h"

#include <QWidget>

class QCPColorMap;
class QCPColorScale;

namespace lora {

class PlotFrame;

class SimilarityPlot : public QWidget {
    Q_OBJECT
public:
    SimilarityPlot(const QString& title, const QString& objectName, QWidget* parent = nullptr);

    PlotFrame* frame() const { return frame_; }
    const SimilarityMap& map() const { return map_; }
    /// An empty map shows the hint.
    void setMap(const SimilarityMap& map);
    void setAxes(const QString& across, const QString& down);
    void setHint(const QString& hint);
    Table table() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void recolor();

    SimilarityMap map_;
    QString hint_;
    PlotFrame* frame_;
    QCPColorMap* colors_;
    QCPColorScale* scale_;
};

} // namespace lora
