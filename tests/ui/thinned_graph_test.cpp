// What a plot of a thousand pixels is given of ten thousand values.
#include "ui/plots/plot.h"
#include "ui/plots/thinned_graph.h"

#include <QtTest>
#include <cmath>

using namespace lora;

class ThinnedGraphTest : public QObject {
    Q_OBJECT

    static constexpr int values_ = 10'000;

    // Between 0 and 1, with noise of `noise` at either side.
    static QCPGraph* drawn(QCustomPlot& plot, double noise, double pen) {
        plot.setViewport(QRect(0, 0, 1000, 500));
        plot.xAxis->setRange(0, values_);
        plot.yAxis->setRange(-1, 2);
        plot.replot();
        ThinnedGraph thinned(plot.addGraph());
        thinned.setPen(QPen(Qt::black, pen));
        for (int i = 0; i < values_; ++i) thinned.add(i, std::exp(-i / 3000.0) + (i % 2 ? noise : -noise));
        thinned.show();
        return thinned.graph();
    }

private Q_SLOTS:
    void a_calm_line_has_smooth_edges() {
        QCustomPlot plot;
        QVERIFY(drawn(plot, 0, 1)->antialiased());
    }

    // Which would take a tenth of a second to draw.
    void a_line_that_goes_up_and_down_all_over_has_none() {
        QCustomPlot plot;
        QVERIFY(!drawn(plot, 0.5, 1)->antialiased());
    }

    void its_broad_pen_is_a_pixel_wide_and_a_calm_lines_stays() {
        QCustomPlot plot;
        QCOMPARE(drawn(plot, 0.5, 2.2)->pen().widthF(), 1.0);
        QCOMPARE(drawn(plot, 0, 2.2)->pen().widthF(), 2.2);
    }

    void no_more_points_are_drawn_than_the_pen_can_tell_apart() {
        QCustomPlot plot;
        QVERIFY(drawn(plot, 0.5, 1)->dataCount() <= 2 * 1000);
        QVERIFY(drawn(plot, 0.5, 2)->dataCount() <= 1000 + 4);
    }
};

QTEST_MAIN(ThinnedGraphTest)
#include "thinned_graph_test.moc"
