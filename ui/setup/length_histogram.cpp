#include "ui/setup/length_histogram.h"

#include "ui/elements/theme.h"
#include "ui/plots/plot_theme.h"

#include <QPainter>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

LengthBins lengthBins(const RowLengths& lengths, std::size_t bins) {
    LengthBins made;
    if (lengths.empty() || bins == 0) return made;
    const std::int64_t longest = std::max<std::int64_t>(lengths.rbegin()->first, 0);
    made.width = longest / static_cast<std::int64_t>(bins) + 1;
    made.counts.assign(static_cast<std::size_t>(longest / made.width) + 1, 0);
    for (const auto& [length, rows] : lengths)
        made.counts.at(static_cast<std::size_t>(std::max<std::int64_t>(length, 0) / made.width)) += rows;
    return made;
}

LengthHistogram::LengthHistogram(QWidget* parent) : QWidget(parent) {
    setFixedHeight(64);
    setToolTip(tr("Tokens a sample, before the cut. The line is the limit; what is right of it is cut."));
}

void LengthHistogram::setLengths(const RowLengths& lengths, std::int64_t limit) {
    bins_ = lengthBins(lengths, 48);
    longest_ = lengths.empty() ? 0 : lengths.rbegin()->first;
    limit_ = limit;
    update();
}

void LengthHistogram::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const PlotColors colors = plotColors(palette());
    const SignalColors signal = signalColors(palette());
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    painter.setFont(small);
    const int textHeight = painter.fontMetrics().height();
    const QRect area = rect().adjusted(0, 2, 0, -textHeight - 2);
    painter.fillRect(area, colors.background);
    if (bins_.counts.empty()) return;

    const std::int64_t most = *std::max_element(bins_.counts.begin(), bins_.counts.end());
    const double step = static_cast<double>(area.width()) / static_cast<double>(bins_.counts.size());
    for (std::size_t bin = 0; bin < bins_.counts.size(); ++bin) {
        if (bins_.counts[bin] == 0) continue;
        const double share = static_cast<double>(bins_.counts[bin]) / static_cast<double>(most);
        const double height = std::max(1.0, share * (area.height() - 4));
        const bool cut = static_cast<std::int64_t>(bin) * bins_.width >= limit_;
        painter.fillRect(QRectF(area.left() + step * static_cast<double>(bin), area.bottom() + 1 - height,
                             std::max(1.0, step - 1), height),
            cut ? signal.warning : colors.smooth);
    }
    const double span = static_cast<double>(bins_.width) * static_cast<double>(bins_.counts.size());
    if (static_cast<double>(limit_) < span) {
        const double x = area.left() + area.width() * static_cast<double>(limit_) / span;
        painter.setPen(QPen(signal.warning, 1.5));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    painter.setPen(colors.dim);
    const QRect below(0, area.bottom() + 2, width(), textHeight);
    painter.drawText(below, Qt::AlignLeft, u"0"_s);
    painter.drawText(below, Qt::AlignHCenter, tr("tokens a sample"));
    painter.drawText(below, Qt::AlignRight, QString::number(longest_));
}

} // namespace lora
