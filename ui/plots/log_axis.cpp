#include "ui/plots/log_axis.h"

#include "ui/plots/plot.h"

#include <QFontMetrics>
#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t fewest = 3;

std::vector<double> multiples(double lower, double upper, std::initializer_list<int> factors, int apart) {
    std::vector<double> ticks;
    const int first = static_cast<int>(std::floor(std::log10(lower) / apart)) * apart;
    for (int power = first; std::pow(10.0, power) <= upper; power += apart)
        for (const int factor : factors) {
            const double tick = factor * std::pow(10.0, power);
            if (lower <= tick && tick <= upper) ticks.push_back(tick);
        }
    return ticks;
}

/// Numbers that do not touch, if each way between two of them takes this part of the evenly spaced one.
int labelsThatFit(const QCPAxis& axis, double part) {
    const QFontMetrics metrics(axis.tickLabelFont());
    const bool upright = axis.orientation() == Qt::Vertical;
    const int room = upright ? axis.axisRect()->height() : axis.axisRect()->width();
    const int label = upright ? metrics.height() : metrics.horizontalAdvance(u"0.0005 "_s);
    return static_cast<int>(part * room / label);
}

class LogTicker : public QCPAxisTicker {
public:
    explicit LogTicker(const QCPAxis& axis) : axis_(axis) {}

protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override {
        // From 1 to 2 is the shortest way; three such ways are nine tenths of a decade, which has three
        // numbers.
        const int fit = std::max(static_cast<int>(fewest), labelsThatFit(axis_, 0.8));
        const std::vector<double> ticks = logTicks(range.lower, range.upper, std::min(tickCount() + 2, fit));
        return ticks.empty() ? QCPAxisTicker::createTickVector(step, range)
                             : QVector<double>(ticks.begin(), ticks.end());
    }
    int getSubTickCount(double) override { return 0; }

private:
    const QCPAxis& axis_; ///< which owns this
};

class LinearTicker : public QCPAxisTicker {
public:
    explicit LinearTicker(const QCPAxis& axis) : axis_(axis), usual_(tickCount()) {}

protected:
    double getTickStep(const QCPRange& range) override {
        // The step is rounded to one that reads well, downwards too: some numbers more than were asked for.
        setTickCount(std::clamp(labelsThatFit(axis_, 0.6), 2, usual_));
        return QCPAxisTicker::getTickStep(range);
    }

private:
    const QCPAxis& axis_; ///< which owns this
    int usual_;
};

} // namespace

std::vector<double> logTicks(double lower, double upper, int most) {
    if (!(lower > 0) || !(upper > lower) || !std::isfinite(upper)) return {};
    const auto limit = static_cast<std::size_t>(most);
    std::vector<double> ticks = multiples(lower, upper, {1, 2, 5}, 1);
    if (ticks.size() < fewest) return {};
    if (ticks.size() > limit) ticks = multiples(lower, upper, {1, 3}, 1);
    if (ticks.size() > limit) ticks = multiples(lower, upper, {1}, 1);
    for (int apart = 2; ticks.size() > limit; ++apart) ticks = multiples(lower, upper, {1}, apart);
    return ticks;
}

void fitNumbers(QCPAxis& axis) { axis.setTicker(QSharedPointer<LinearTicker>::create(axis)); }

void setLogarithmic(QCPAxis& axis, bool logarithmic) {
    axis.setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (logarithmic)
        axis.setTicker(QSharedPointer<LogTicker>::create(axis));
    else
        fitNumbers(axis);
    axis.setNumberFormat(u"gb"_s);
    axis.setNumberPrecision(logarithmic ? 4 : 6);
}

} // namespace lora
