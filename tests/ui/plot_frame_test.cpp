// Moving about in a plot and reading from it, with the events of a real mouse and keyboard.
#include "ui/plots/log_axis.h"
#include "ui/plots/loss_plot.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QSlider>
#include <QToolButton>
#include <QtTest>
#include <cmath>

using namespace lora;
using namespace Qt::StringLiterals;

class PlotFrameTest : public QObject {
    Q_OBJECT

    static std::vector<StepRecord> steps(int count) {
        std::vector<StepRecord> all(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            all[static_cast<std::size_t>(i)].step = i + 1;
            all[static_cast<std::size_t>(i)].loss = 3.0 - 0.02 * i;
            all[static_cast<std::size_t>(i)].lr = 2e-4;
            all[static_cast<std::size_t>(i)].grad_norm = 0.5;
        }
        return all;
    }

    static void drag(QCustomPlot& plot, const QPoint& by) {
        const QPoint from = plot.axisRect()->center();
        QTest::mousePress(&plot, Qt::LeftButton, {}, from);
        QTest::mouseMove(&plot, from + by / 2);
        QMouseEvent move(QEvent::MouseMove, QPointF(from + by), plot.mapToGlobal(QPointF(from + by)),
            Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&plot, &move);
        QTest::mouseRelease(&plot, Qt::LeftButton, {}, from + by);
    }

    static QStringList legend(const QCustomPlot& plot) {
        QStringList names;
        for (int i = 0; i < plot.graphCount(); ++i) names << plot.graph(i)->name();
        return names;
    }

private Q_SLOTS:
    void numbers_of_an_axis_do_not_touch_in_a_low_plot() {
        for (const int height : {90, 120, 160, 400})
            for (const bool log : {false, true}) {
                QCustomPlot plot;
                plot.resize(400, height);
                plot.show();
                setLogarithmic(*plot.yAxis, log);
                plot.yAxis->setRange(0.025, log ? 1.7 : 6.4);
                plot.replot(QCustomPlot::rpImmediateRefresh);
                const QList<double> numbers = plot.yAxis->tickVector();
                QVERIFY(numbers.size() >= 2);
                const int label = QFontMetrics(plot.yAxis->tickLabelFont()).ascent();
                for (qsizetype next = 1; next < numbers.size(); ++next)
                    QVERIFY2(
                        plot.yAxis->coordToPixel(numbers[next - 1]) - plot.yAxis->coordToPixel(numbers[next])
                            >= label,
                        qPrintable(u"%1 %2"_s.arg(height).arg(numbers[next])));
            }
    }

    void few_steps_are_counted_in_whole_numbers() {
        LossPlot loss;
        loss.resize(900, 400);
        loss.show();
        QVERIFY(QTest::qWaitForWindowExposed(&loss));
        for (const int count : {2, 6, 16, 50}) {
            loss.clear();
            loss.add(steps(count));
            loss.frame()->plot()->replot();
            for (const double tick : loss.frame()->plot()->xAxis->tickVector())
                QVERIFY2(tick == std::floor(tick), qPrintable(QString::number(tick)));
        }
    }

    void a_plot_that_is_dragged_far_away_keeps_its_data_in_sight() {
        LossPlot loss;
        loss.resize(600, 400);
        loss.show();
        QVERIFY(QTest::qWaitForWindowExposed(&loss));
        loss.add(steps(50));
        QCustomPlot& plot = *loss.frame()->plot();
        plot.replot();

        for (int i = 0; i < 20; ++i) drag(plot, QPoint(180, 90));

        QVERIFY(!loss.frame()->follows());
        QVERIFY2(plot.xAxis->range().upper > 0, "the first steps have to stay in sight");
        QVERIFY2(plot.xAxis->range().center() > -1, "the middle of the view lies within the data");
        QVERIFY(plot.yAxis->range().center() < 3.2);
    }

    void the_view_grows_at_most_half_beyond_the_data() {
        LossPlot loss;
        loss.resize(600, 400);
        loss.show();
        QVERIFY(QTest::qWaitForWindowExposed(&loss));
        loss.add(steps(50));
        QCustomPlot& plot = *loss.frame()->plot();
        const double whole = plot.xAxis->range().size();

        for (int i = 0; i < 60; ++i) QTest::keyClick(&plot, Qt::Key_Minus);

        QVERIFY(plot.xAxis->range().size() <= 1.5 * whole + 1e-6);
        QTest::keyClick(&plot, Qt::Key_Home);
        QVERIFY(loss.frame()->follows());
        QCOMPARE(plot.xAxis->range().size(), whole);
    }

    void the_keyboard_zooms_and_moves() {
        LossPlot loss;
        loss.resize(600, 400);
        loss.show();
        QVERIFY(QTest::qWaitForWindowExposed(&loss));
        loss.add(steps(50));
        QCustomPlot& plot = *loss.frame()->plot();
        const QCPRange before = plot.xAxis->range();

        QTest::keyClick(&plot, Qt::Key_Plus);
        QVERIFY(plot.xAxis->range().size() < before.size());
        const double middle = plot.xAxis->range().center();
        QTest::keyClick(&plot, Qt::Key_Left);
        QVERIFY(plot.xAxis->range().center() < middle);
        QVERIFY2(plot.focusPolicy() & Qt::TabFocus, "Tab has to reach a plot");
    }

    void the_legend_tells_the_step_under_the_pointer_until_the_pointer_leaves() {
        LossPlot loss;
        loss.resize(600, 400);
        loss.show();
        QVERIFY(QTest::qWaitForWindowExposed(&loss));
        loss.add(steps(50));
        QCustomPlot& plot = *loss.frame()->plot();
        plot.replot();
        QCOMPARE(legend(plot).at(0), u"training 2.02"_s);

        const QPoint first(static_cast<int>(plot.xAxis->coordToPixel(1)) + 1, plot.axisRect()->center().y());
        QMouseEvent move(QEvent::MouseMove, QPointF(first), plot.mapToGlobal(QPointF(first)), Qt::NoButton,
            Qt::NoButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&plot, &move);
        QCOMPARE(legend(plot).at(0), u"training 3.00"_s);
        QVERIFY(plot.xAxis->label().startsWith(u"step 1 "_s));

        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(&plot, &leave);
        QCOMPARE(legend(plot).at(0), u"training 2.02"_s);
        QCOMPARE(plot.xAxis->label(), u"step"_s);
    }

    void the_best_evaluation_is_named_when_the_last_one_is_worse() {
        LossPlot loss;
        loss.add(steps(50));
        EvaluationRecord evaluation;
        evaluation.step = 20;
        evaluation.loss = 1.5;
        loss.add(evaluation);
        evaluation.step = 50;
        evaluation.loss = 1.75;
        loss.add(evaluation);

        QCOMPARE(legend(*loss.frame()->plot()).at(2), u"evaluation 1.75, best 1.50 at 20"_s);
    }

    void the_bold_line_follows_what_its_slider_says_from_the_start() {
        LossPlot loss;
        QCOMPARE(loss.findChild<QSlider*>(u"smoothing"_s)->value(), 60);

        loss.add(steps(2));

        // (0.6 · 0.4 · 3 + 0.4 · 2.98) / (1 - 0.36)
        QVERIFY(std::abs(loss.curve().smoothed().back() - (0.24 * 3 + 0.4 * 2.98) / 0.64) < 1e-12);
    }

    void a_short_run_fills_its_axis() {
        LossPlot loss;
        loss.setTotalSteps(2);
        loss.add(steps(2));

        QVERIFY(loss.frame()->plot()->xAxis->range().upper < 2.1);
    }

    void an_empty_plot_draws_no_axes_behind_its_words() {
        LossPlot loss;
        QVERIFY(!loss.frame()->plot()->xAxis->visible());
        loss.add(steps(2));
        QVERIFY(loss.frame()->plot()->xAxis->visible());
    }

    void a_plot_says_what_it_shows_and_gives_its_numbers_to_the_clipboard() {
        LossPlot loss;
        loss.add(steps(2));
        QVERIFY(!loss.frame()->plot()->accessibleName().isEmpty());
        QVERIFY(!loss.frame()->plot()->accessibleDescription().isEmpty());
        QVERIFY(!loss.findChild<QToolButton*>(u"explain"_s)->isHidden());

        loss.frame()->copyNumbers();

        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY2(text.startsWith(u"step,loss,smoothed"_s), qPrintable(text));
        QCOMPARE(text.trimmed().split(u'\n').size(), 3);
    }
};

QTEST_MAIN(PlotFrameTest)
#include "plot_frame_test.moc"
