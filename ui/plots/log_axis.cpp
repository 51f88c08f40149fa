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

class LogTicker : public QCPAxisTicker {
public:
    explicit LogTicker(const QCPAxis& axis) : axis_(axis) {}

protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override {
        const std::vector<double> ticks =
            logTicks(range.lower, range.upper, std::min(tickCount() + 2, labelsThatFit()));
        return ticks.empty() ? QCPAxisTicker::createTickVector(step, range)
                             : QVector<double>(ticks.begin(), ticks.end());
    }
    int getSubTickCount(double) override { return 0; }

private:
    /// Numbers that do not touch. From 1 to 2 is the shortest way between two of them; three such ways are
    /// nine tenths of a decade, which has three numbers.
    int labelsThatFit() const {
        constexpr double tight = 0.8;
        const QFontMetrics metrics(axis_.tickLabelFont());
        const bool upright = axis_.orientation() == Qt::Vertical;
        const int room = upright ? axis_.axisRect()->height() : axis_.axisRect()->width();
        const int label = upright ? metrics.height() : metrics.horizontalAdvance(u"0.0005 "_s);
        return std::max(static_cast<int>(fewest), static_cast<int>(tight * room / label));
    }

    const QCPAxis& axis_; ///< which owns this
};

} // namespace

std::vector<double> logTicks(double lower, double upper, int most) {
    if (!(lower > 0) || !(upper > lower) || !std::isfinite(upper)) return {};
    const auto limit = static_cast<std::size_t>(most);
    std::vector<double> ticks = multiples(lower, upper, {1, 2, 5}, 1);
    if (ticks.size() > limit) ticks = multiples(lower, upper, {1, 3}, 1);
    if (ticks.size() > limit) ticks = multiples(lower, upper, {1}, 1);
    for (int apart = 2; ticks.size() > limit; ++apart) ticks = multiples(lower, upper, {1}, apart);
    return ticks.size() < fewest ? std::vector<double>() : ticks;
}

void setLogarithmic(QCPAxis& axis, bool logarithmic) {
    axis.setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    axis.setTicker(QSharedPointer<QCPAxisTicker>(logarithmic ? new LogTicker(axis) : new QCPAxisTicker));
    axis.setNumberFormat(u"gb"_s);
    axis.setNumberPrecision(logarithmic ? 4 : 6);
}

} // namespace lora
