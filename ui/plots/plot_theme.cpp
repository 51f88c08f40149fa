#include "ui/plots/plot_theme.h"

#include "ui/elements/theme.h"
#include "ui/plots/plot.h"

#include <array>

namespace lora {

PlotColors plotColors(const QPalette& palette) {
    PlotColors colors;
    const bool dark = isDark(palette);
    colors.background = palette.color(QPalette::Base);
    colors.text = palette.color(QPalette::WindowText);
    colors.dim = palette.color(QPalette::PlaceholderText);
    colors.axis = palette.color(QPalette::Mid);
    colors.grid = dark ? QColor(0x2b, 0x2f, 0x35) : QColor(0xea, 0xec, 0xf0);
    colors.raw = dark ? QColor(0x7d, 0xb4, 0xff, 165) : QColor(0x24, 0x68, 0xd6, 120);
    colors.smooth = dark ? QColor(0x6a, 0xab, 0xff) : QColor(0x1d, 0x5f, 0xcc);
    colors.evaluation = dark ? QColor(0xff, 0xa9, 0x4d) : QColor(0xd9, 0x5f, 0x02);
    colors.accent = dark ? QColor(0x4f, 0xd1, 0xb5) : QColor(0x0b, 0x80, 0x6c);
    return colors;
}

QColor seriesColor(int index, const QPalette& palette) {
    static constexpr std::array<QRgb, 8> light{
        0xff1d5fcc, 0xffd95f02, 0xff0b806c, 0xffb5448e, 0xff8a6d00, 0xff3b9fd1, 0xff7a4fc4, 0xff59626e};
    static constexpr std::array<QRgb, 8> dark{
        0xff6aabff, 0xffffa94d, 0xff4fd1b5, 0xffe58fc7, 0xffe3c94f, 0xff7fd4f5, 0xffb79af2, 0xffaab2bd};
    return (isDark(palette) ? dark : light).at(static_cast<std::size_t>(index) % light.size());
}

void applyColors(QCustomPlot& plot, const PlotColors& colors) {
    plot.setBackground(colors.background);
    for (QCPAxisRect* rect : plot.axisRects()) {
        rect->setBackground(colors.background);
        for (QCPAxis* axis : rect->axes()) {
            axis->setBasePen(QPen(colors.axis));
            axis->setTickPen(QPen(colors.axis));
            axis->setSubTickPen(QPen(colors.axis));
            axis->setTickLabelColor(colors.dim);
            axis->setLabelColor(colors.dim);
            axis->grid()->setPen(QPen(colors.grid));
            axis->grid()->setSubGridPen(QPen(colors.grid, 0.5, Qt::DotLine));
            axis->grid()->setZeroLinePen(QPen(colors.grid));
        }
    }
    if (plot.legend) {
        QColor fill = colors.background;
        fill.setAlpha(210);
        plot.legend->setBrush(fill);
        plot.legend->setBorderPen(Qt::NoPen);
        plot.legend->setTextColor(colors.text);
    }
}

QCPColorGradient heatGradient() {
    // Nine stops of viridis, from 0.12 of its length to its end.
    static constexpr std::array<QRgb, 9> stops{0xff472d7b, 0xff3b518b, 0xff2f6c8e, 0xff25848e, 0xff1f9e89,
        0xff35b779, 0xff6ece58, 0xffb5de2b, 0xfffde725};
    QCPColorGradient gradient;
    gradient.clearColorStops();
    for (std::size_t stop = 0; stop < stops.size(); ++stop)
        gradient.setColorStopAt(static_cast<double>(stop) / (stops.size() - 1), QColor(stops.at(stop)));
    gradient.setNanHandling(QCPColorGradient::nhTransparent);
    return gradient;
}

} // namespace lora
