#include "ui/plots/thinned_graph.h"

#include "ui/plots/plot.h"

#include <algorithm>
#include <cmath>

namespace lora {

namespace {

// Whether the line goes up and down so much that smooth edges and a broad pen, which cost many times as much,
// would hold the window up.
bool isLong(const QVector<QCPGraphData>& line, const QCPAxis& axis) {
    constexpr double mostPixels = 6000;
    double way = 0;
    for (qsizetype i = 1; i < line.size(); ++i)
        way += std::abs(axis.coordToPixel(line[i].value) - axis.coordToPixel(line[i - 1].value));
    return way > mostPixels;
}

} // namespace

void ThinnedGraph::clear() {
    curve_.clear();
    graph_->data()->clear();
}

void ThinnedGraph::setPen(const QPen& pen) {
    pen_ = pen;
    graph_->setPen(pen);
}

void ThinnedGraph::show() const {
    const QCPRange range = graph_->keyAxis()->range();
    // A broad pen covers what a thin one would tell apart.
    const double places = graph_->keyAxis()->axisRect()->width() / std::max(1.0, pen_.widthF());
    const auto limit = static_cast<std::size_t>(std::max(400.0, places));
    QVector<QCPGraphData> data;
    for (const PlotPoint& point : curve_.between(range.lower, range.upper, limit))
        data.append(QCPGraphData(point.x, point.y));
    const bool calm = static_cast<std::size_t>(data.size()) <= limit || !isLong(data, *graph_->valueAxis());
    graph_->setAntialiased(calm);
    QPen pen = pen_;
    if (!calm) pen.setWidthF(std::min(1.0, pen_.widthF()));
    graph_->setPen(pen);
    graph_->data()->set(data, /*alreadySorted=*/true);
}

} // namespace lora
