#include "ui/plots/thinned_graph.h"

#include "ui/plots/plot.h"

#include <algorithm>

namespace lora {

void ThinnedGraph::clear() {
    curve_.clear();
    graph_->data()->clear();
}

void ThinnedGraph::show() const {
    const QCPRange range = graph_->keyAxis()->range();
    const auto limit = static_cast<std::size_t>(std::max(400, graph_->keyAxis()->axisRect()->width()));
    QVector<QCPGraphData> data;
    for (const PlotPoint& point : curve_.between(range.lower, range.upper, limit))
        data.append(QCPGraphData(point.x, point.y));
    graph_->data()->set(data, /*alreadySorted=*/true);
}

} // namespace lora
