#include "ui/plots/plot_navigation.h"

#include "ui/plots/plot.h"

#include <QKeyEvent>
#include <algorithm>
#include <cmath>

namespace lora {

namespace {

constexpr double widest = 1.5;      // of the whole view
constexpr double narrowest = 1e-5;  // of the whole view
constexpr double keyStep = 0.1;     // of what is shown
constexpr double keyZoom = 1 / 1.2; // one press of +

bool isLogarithmic(const QCPAxis* axis) { return axis->scaleType() == QCPAxis::stLogarithmic; }

/// Where a coordinate lies on the screen's even scale.
double even(const QCPAxis* axis, double coordinate) {
    return isLogarithmic(axis) ? std::log(std::max(coordinate, 1e-300)) : coordinate;
}

double uneven(const QCPAxis* axis, double place) { return isLogarithmic(axis) ? std::exp(place) : place; }

} // namespace

PlotNavigation::PlotNavigation(QCustomPlot& plot) : QObject(&plot), plot_(plot) {
    plot.setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot.setFocusPolicy(Qt::StrongFocus);
    plot.installEventFilter(this);
    connect(&plot, &QCustomPlot::mouseWheel, this, &PlotNavigation::leaveFollowing);
    connect(&plot, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) {
        if (event->buttons() & Qt::LeftButton) leaveFollowing();
    });
    connect(&plot, &QCustomPlot::mouseDoubleClick, this, [this] { setFollows(true); });
    const auto changed = qOverload<const QCPRange&>(&QCPAxis::rangeChanged);
    connect(plot.xAxis, changed, this, [this] { keepWithin(plot_.xAxis, wholeX_); });
    connect(plot.yAxis, changed, this, [this] { keepWithin(plot_.yAxis, wholeY_); });
}

void PlotNavigation::setFollows(bool follows) {
    follows_ = follows;
    if (follows) Q_EMIT followRequested();
}

void PlotNavigation::setWholeView(const QCPRange& x, const QCPRange& y) {
    wholeX_ = Limits{x.lower, x.upper};
    wholeY_ = Limits{y.lower, y.upper};
    if (!follows_) return;
    plot_.xAxis->setRange(x);
    plot_.yAxis->setRange(y);
}

// What was shown until now is the whole, where nobody said what that is.
void PlotNavigation::leaveFollowing() {
    if (!follows_) return;
    follows_ = false;
    if (!wholeX_) wholeX_ = Limits{plot_.xAxis->range().lower, plot_.xAxis->range().upper};
    if (!wholeY_) wholeY_ = Limits{plot_.yAxis->range().lower, plot_.yAxis->range().upper};
}

void PlotNavigation::keepWithin(QCPAxis* axis, const std::optional<Limits>& whole) {
    if (follows_ || !whole) return;
    const double low = even(axis, whole->lower), high = even(axis, whole->upper);
    const double from = even(axis, axis->range().lower), to = even(axis, axis->range().upper);
    const double size = std::clamp(to - from, narrowest * (high - low), widest * (high - low));
    const double middle = std::clamp((from + to) / 2, low, high);
    const QCPRange kept(uneven(axis, middle - size / 2), uneven(axis, middle + size / 2));
    const double slack = 1e-9 * (high - low);
    if (std::abs(middle - size / 2 - from) <= slack && std::abs(middle + size / 2 - to) <= slack) return;
    axis->setRange(kept);
}

void PlotNavigation::zoom(double factor) {
    leaveFollowing();
    for (QCPAxis* axis : {plot_.xAxis, plot_.yAxis}) {
        const double from = even(axis, axis->range().lower), to = even(axis, axis->range().upper);
        const double middle = (from + to) / 2, half = (to - from) / 2 * factor;
        axis->setRange(uneven(axis, middle - half), uneven(axis, middle + half));
    }
    plot_.replot(QCustomPlot::rpQueuedReplot);
}

void PlotNavigation::move(double shareX, double shareY) {
    leaveFollowing();
    const auto shift = [](QCPAxis* axis, double share) {
        const double from = even(axis, axis->range().lower), to = even(axis, axis->range().upper);
        const double by = share * (to - from);
        axis->setRange(uneven(axis, from + by), uneven(axis, to + by));
    };
    shift(plot_.xAxis, shareX);
    shift(plot_.yAxis, shareY);
    plot_.replot(QCustomPlot::rpQueuedReplot);
}

bool PlotNavigation::handleKey(const QKeyEvent& event) {
    switch (event.key()) {
    case Qt::Key_Left: move(-keyStep, 0); return true;
    case Qt::Key_Right: move(keyStep, 0); return true;
    case Qt::Key_Up: move(0, keyStep); return true;
    case Qt::Key_Down: move(0, -keyStep); return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoom(keyZoom); return true;
    case Qt::Key_Minus: zoom(1 / keyZoom); return true;
    case Qt::Key_Home: setFollows(true); return true;
    default: return false;
    }
}

bool PlotNavigation::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &plot_ && event->type() == QEvent::KeyPress && plot_.interactions() != QCP::iNone
        && handleKey(*static_cast<QKeyEvent*>(event)))
        return true;
    return QObject::eventFilter(watched, event);
}

} // namespace lora
