#include "ui/sweeps/sweep_curves.h"

#include "ui/elements/tool_tip.h"
#include "ui/elements/words.h"
#include "ui/plots/log_axis.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/sweeps/sweep_lines.h"
#include "ui/sweeps/sweep_rows.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

void choose(QComboBox* box, const QVariant& value) {
    const int index = box->findData(value);
    box->setCurrentIndex(std::max(0, index));
}

} // namespace

SweepCurves::SweepCurves(QWidget* parent)
    : QWidget(parent), frame_(new PlotFrame(tr("Results"), this)), measure_(new QComboBox(this)),
      x_(new QComboBox(this)), lines_(new QComboBox(this)), log_(new QCheckBox(tr("Log axis"), this)),
      words_(new QLabel(this)) {
    setObjectName(u"sweepCurves"_s);
    measure_->setObjectName(u"sweepMeasure"_s);
    x_->setObjectName(u"sweepX"_s);
    lines_->setObjectName(u"sweepLines"_s);
    describeControl(*measure_, tr("Result"), tr("What is drawn of each run"));
    describeControl(*x_, tr("Over"), tr("The setting, or the count, that the results are drawn over"));
    describeControl(*lines_, tr("Lines"), tr("The setting whose every value has a line of its own"));
    log_->setObjectName(u"sweepLog"_s);
    log_->setToolTip(tr("The lower axis in equal factors instead of equal steps"));
    log_->setChecked(true);
    words_->setObjectName(u"sweepWords"_s);
    words_->setWordWrap(true);
    words_->setContentsMargins(10, 2, 10, 6);
    for (QComboBox* box : {measure_, x_, lines_}) box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* over = new QLabel(tr("over"), this);
    auto* lines = new QLabel(tr("lines"), this);
    over->setBuddy(x_); // a choice's own name is what is chosen, to a screen reader
    lines->setBuddy(lines_);
    for (QWidget* control : std::initializer_list<QWidget*>{measure_, over, x_, lines, lines_, log_})
        frame_->addControl(control);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(frame_, 1);
    column->addWidget(words_);
    frame_->plot()->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignBottom | Qt::AlignRight);
    for (QComboBox* box : {measure_, x_, lines_})
        connect(box, &QComboBox::currentIndexChanged, this, [this] {
            frame_->setFollows(true);
            redraw();
        });
    connect(log_, &QCheckBox::toggled, this, [this] {
        frame_->setFollows(true);
        redraw();
    });
    connect(frame_, &PlotFrame::colorsChanged, this, &SweepCurves::redraw);
    connect(frame_, &PlotFrame::followRequested, this, &SweepCurves::rescale);
    frame_->explain(explainSweepCurves());
    frame_->setTableSource([this] { return table(); });
    setTable({});
}

void SweepCurves::setTable(const SweepTable& table) {
    const bool same =
        table.name == table_.name && table.settings == table_.settings && !measuresOf(table_).empty();
    const SweepQuestion before = question();
    table_ = table;
    fillChoices();
    ask(same ? before : usual_question(table_));
}

void SweepCurves::fillChoices() {
    const QSignalBlocker quiet[] = {QSignalBlocker(measure_), QSignalBlocker(x_), QSignalBlocker(lines_)};
    for (QComboBox* box : {measure_, x_, lines_}) box->clear();
    for (const SweepMeasure which : measuresOf(table_))
        measure_->addItem(measureWord(which), static_cast<int>(which));
    x_->addItem(tr("trainable parameters"), QString());
    lines_->addItem(tr("all in one"), QString());
    for (const std::string& setting : table_.settings) {
        if (setting == "training.seed") continue;
        x_->addItem(text(setting), text(setting));
        lines_->addItem(text(setting), text(setting));
    }
    for (QComboBox* box : {measure_, x_, lines_}) box->setEnabled(box->count() > 1);
}

SweepQuestion SweepCurves::question() const {
    return {x_->currentData().toString().toStdString(), lines_->currentData().toString().toStdString(),
        static_cast<SweepMeasure>(measure_->currentData().toInt())};
}

void SweepCurves::ask(const SweepQuestion& question) {
    {
        const QSignalBlocker quiet[] = {QSignalBlocker(measure_), QSignalBlocker(x_), QSignalBlocker(lines_)};
        choose(measure_, static_cast<int>(question.measure));
        choose(x_, text(question.x));
        choose(lines_, text(question.lines));
    }
    redraw();
}

bool SweepCurves::isPerCent() const { return more_is_better(question().measure); }

void SweepCurves::redraw() {
    QCustomPlot* plot = frame_->plot();
    plot->clearPlottables();
    plot->clearItems();
    shown_ = measure_->count() > 0 ? sweep_plot(table_, question()) : SweepPlot();
    setAxes();
    drawLines(*plot, shown_, isPerCent(), palette(), frame_->colors().dim);
    plot->legend->setVisible(shown_.lines.size() > 1);
    frame_->setHint(shown_.lines.empty() ? tr("Curves appear as runs finish.") : QString());
    QString words = d90Words(shown_);
    if (shown_.best_of_several)
        words += (words.isEmpty() ? QString() : u" "_s)
                 + tr("Where runs differ in other settings, the best of them is drawn.");
    words_->setText(words);
    words_->setVisible(!words.isEmpty());
    rescale();
}

void SweepCurves::setAxes() {
    QCustomPlot* plot = frame_->plot();
    const bool words = !shown_.words.empty();
    log_->setEnabled(!words);
    const bool log = log_->isChecked() && !words;
    setLogarithmic(*plot->xAxis, log);
    if (words) {
        const QSharedPointer<QCPAxisTickerText> ticks(new QCPAxisTickerText);
        for (std::size_t i = 0; i < shown_.words.size(); ++i)
            ticks->addTick(static_cast<double>(i), text(shown_.words[i]));
        plot->xAxis->setTicker(ticks);
    }
    plot->xAxis->setLabel(x_->currentText());
    plot->yAxis->setLabel(isPerCent() ? tr("%1, %").arg(measure_->currentText()) : measure_->currentText());
}

void SweepCurves::rescale() {
    QCustomPlot* plot = frame_->plot();
    if (frame_->follows()) showWhole(*plot, shown_, isPerCent());
    plot->replot(QCustomPlot::rpQueuedReplot);
}

Table SweepCurves::table() const { return plotTable(shown_, question()); }

} // namespace lora
