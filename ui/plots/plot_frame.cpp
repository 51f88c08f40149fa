#include "ui/plots/plot_frame.h"

#include "ui/plots/plot.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

PlotFrame::PlotFrame(const QString& title, QWidget* parent)
    : QWidget(parent), plot_(new QCustomPlot(this)), title_(new QLabel(title, this)),
      hint_(new QLabel(plot_)), header_(new QHBoxLayout) {
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    header_->setContentsMargins(10, 4, 6, 2);
    header_->setSpacing(6);
    header_->addStrut(fontMetrics().height() + 10); // a combo box's: frames side by side stay in line
    header_->addWidget(title_);
    header_->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(header_);
    column->addWidget(plot_, 1);

    hint_->setAlignment(Qt::AlignCenter);
    hint_->setWordWrap(true);
    hint_->setAttribute(Qt::WA_TransparentForMouseEvents);
    hint_->hide();
    plot_->setMinimumSize(180, 90);
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot_->setFocusPolicy(Qt::ClickFocus);
    plot_->installEventFilter(this);
    connect(plot_, &QCustomPlot::mousePress, this, &PlotFrame::chosen);
    connect(plot_, &QCustomPlot::mouseWheel, this, [this] { follows_ = false; });
    connect(plot_, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) {
        if (event->buttons() & Qt::LeftButton) follows_ = false;
    });
    connect(plot_, &QCustomPlot::mouseDoubleClick, this, [this] { setFollows(true); });
    recolor();
}

void PlotFrame::addControl(QWidget* control) { header_->addWidget(control); }

void PlotFrame::setTitle(const QString& title) { title_->setText(title); }

void PlotFrame::putLegendAbove() {
    QCPLegend* legend = plot_->legend;
    plot_->axisRect()->insetLayout()->take(legend);
    auto* row = new QCPLayoutGrid;
    row->addElement(0, 0, new QCPLayoutElement(plot_)); // takes the room that the legend leaves
    row->addElement(0, 1, legend);
    row->setColumnStretchFactor(1, 1e-3);
    plot_->plotLayout()->insertRow(0);
    plot_->plotLayout()->addElement(0, 0, row);
    plot_->plotLayout()->setRowStretchFactor(0, 1e-3);
    plot_->plotLayout()->setRowSpacing(0);
    plot_->axisRect()->setMinimumMargins(QMargins(15, 4, 15, 15));
    legend->setFillOrder(QCPLegend::foColumnsFirst);
    legend->setWrap(4);
    legend->setMargins(QMargins(0, 2, 12, 0));
    legend->setColumnSpacing(14);
}

void PlotFrame::setFollows(bool follows) {
    follows_ = follows;
    if (follows) Q_EMIT followRequested();
}

void PlotFrame::setCurrent(bool current) {
    title_->setForegroundRole(current ? QPalette::Link : QPalette::WindowText);
}

void PlotFrame::setHint(const QString& hint) {
    hint_->setText(hint);
    hint_->setVisible(!hint.isEmpty());
    placeHint();
}

void PlotFrame::placeHint() { hint_->setGeometry(plot_->rect().adjusted(60, 10, -30, -40)); }

void PlotFrame::recolor() {
    colors_ = plotColors(palette());
    applyColors(*plot_, colors_);
    QPalette hint = palette();
    hint.setColor(QPalette::WindowText, colors_.dim);
    hint_->setPalette(hint);
}

void PlotFrame::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange) return;
    recolor();
    Q_EMIT colorsChanged();
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

bool PlotFrame::eventFilter(QObject* watched, QEvent* event) {
    if (watched == plot_ && event->type() == QEvent::Resize) placeHint();
    return QWidget::eventFilter(watched, event);
}

} // namespace lora
