#include "ui/plots/plot_frame.h"

#include "ui/plots/plot.h"
#include "ui/plots/plot_navigation.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWhatsThis>

namespace lora {

using namespace Qt::StringLiterals;

PlotFrame::PlotFrame(const QString& title, QWidget* parent)
    : QWidget(parent), plot_(new QCustomPlot(this)), title_(new QLabel(title, this)),
      hint_(new QLabel(plot_)), header_(new QHBoxLayout), question_(new QToolButton(this)),
      navigation_(new PlotNavigation(*plot_)) {
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    header_->setContentsMargins(10, 4, 6, 2);
    header_->setSpacing(6);
    header_->addStrut(fontMetrics().height() + 10); // a combo box's: frames side by side stay in line
    header_->addWidget(title_);
    header_->addStretch();
    question_->setText(u"?"_s);
    question_->setAutoRaise(true);
    question_->setObjectName(u"explain"_s);
    question_->hide();
    header_->addWidget(question_);
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
    plot_->setAccessibleName(title);
    plot_->setContextMenuPolicy(Qt::CustomContextMenu);
    plot_->installEventFilter(this);
    connect(plot_, &QCustomPlot::mousePress, this, &PlotFrame::chosen);
    connect(plot_, &QWidget::customContextMenuRequested, this, &PlotFrame::showMenu);
    connect(navigation_, &PlotNavigation::followRequested, this, &PlotFrame::followRequested);
    connect(question_, &QToolButton::clicked, this, &PlotFrame::showExplanation);
    recolor();
}

void PlotFrame::addControl(QWidget* control) { header_->insertWidget(header_->indexOf(question_), control); }

void PlotFrame::setTitle(const QString& title) {
    title_->setText(title);
    plot_->setAccessibleName(title);
}

void PlotFrame::explain(const Explanation& explanation) {
    explanation_ = explanation;
    plot_->setAccessibleDescription(explanation.shows);
    plot_->setWhatsThis(richText(title_->text(), explanation));
    question_->setToolTip(tr("What this shows, and how to read it (F1)"));
    question_->setAccessibleName(tr("Explain: %1").arg(title_->text()));
    question_->show();
}

void PlotFrame::showExplanation() {
    if (explanation_.shows.isEmpty()) return;
    QWhatsThis::showText(plot_->mapToGlobal(QPoint(0, 0)), richText(title_->text(), explanation_), plot_);
}

void PlotFrame::copyPicture() const { QGuiApplication::clipboard()->setPixmap(plot_->toPixmap(0, 0, 2)); }

void PlotFrame::copyNumbers() const {
    if (table_) QGuiApplication::clipboard()->setText(toCsv(table_()));
}

void PlotFrame::showMenu(const QPoint& where) {
    QMenu menu(this);
    if (plot_->interactions() != QCP::iNone)
        connect(
            menu.addAction(tr("Show all\tHome")), &QAction::triggered, this, [this] { setFollows(true); });
    connect(menu.addAction(tr("Copy picture\tCtrl+C")), &QAction::triggered, this, &PlotFrame::copyPicture);
    if (table_)
        connect(menu.addAction(tr("Copy numbers")), &QAction::triggered, this, &PlotFrame::copyNumbers);
    if (!explanation_.shows.isEmpty())
        connect(
            menu.addAction(tr("What is this?\tF1")), &QAction::triggered, this, &PlotFrame::showExplanation);
    menu.exec(plot_->mapToGlobal(where));
}

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

bool PlotFrame::follows() const { return navigation_->follows(); }

void PlotFrame::setFollows(bool follows) { navigation_->setFollows(follows); }

void PlotFrame::setWholeView(const QCPRange& x, const QCPRange& y) { navigation_->setWholeView(x, y); }

void PlotFrame::setCurrent(bool current) {
    title_->setForegroundRole(current ? QPalette::Link : QPalette::WindowText);
}

void PlotFrame::setHint(const QString& hint) {
    hint_->setText(hint);
    hint_->setVisible(!hint.isEmpty());
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) axis->setVisible(hint.isEmpty());
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
    if (watched != plot_) return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::Resize) placeHint();
    if (event->type() == QEvent::Leave) Q_EMIT pointerLeft();
    // Else F1 would be the page's before the plot is asked.
    if (event->type() == QEvent::ShortcutOverride && !explanation_.shows.isEmpty()
        && static_cast<QKeyEvent*>(event)->matches(QKeySequence::HelpContents)) {
        event->accept();
        return true;
    }
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Copy)) return copyPicture(), true;
        if (key->matches(QKeySequence::HelpContents) && !explanation_.shows.isEmpty())
            return showExplanation(), true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace lora
