#pragma once
// A graph whose curve may have millions of points: it holds them all and hands the plot what its width can
// show.

#include "ui/plots/curve_pyramid.h"

#include <QPen>

class QCPGraph;

namespace lora {

class ThinnedGraph {
public:
    ThinnedGraph() = default;
    /// The plot owns the graph.
    explicit ThinnedGraph(QCPGraph* graph) : graph_(graph) {}

    QCPGraph* graph() const { return graph_; }
    const CurvePyramid& curve() const { return curve_; }
    void add(double x, double y) { curve_.add(x, y); }
    void clear();
    /// For the line; one that goes up and down all over is drawn a pixel wide.
    void setPen(const QPen& pen);
    /// Gives the graph the points of the x axis' range; to be called when points came or the range changed.
    void show() const;

private:
    QCPGraph* graph_ = nullptr;
    QPen pen_;
    CurvePyramid curve_;
};

} // namespace lora
