#include "ui/plots/log_axis.h"

#include "ui/plots/plot.h"

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
protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override {
        const std::vector<double> ticks = logTicks(range.lower, range.upper, tickCount() + 2);
        return ticks.empty() ? QCPAxisTicker::createTickVector(step, range)
                             : QVector<double>(ticks.begin(), ticks.end());
    }
    int getSubTickCount(double) override { return 0; }
};

} // namespace

std::vector<double> logTicks(double lower, double upper, int most) {
    if (!(lower > 0) || !(upper > lower) || !std::isfinite(upper)) return {};
    const auto limit = static_cast<std::size_t>(most);
    std::vector<double> ticks = multiples(lower, upper, {1, 2, 5}, 1);
    if (ticks.size() > limit) ticks = multiples(lower, upper, {1}, 1);
    for (int apart = 2; ticks.size() > limit; ++apart) ticks = multiples(lower, upper, {1}, apart);
    return ticks.size() < fewest ? std::vector<double>() : ticks;
}

void setLogarithmic(QCPAxis& axis, bool logarithmic) {
    axis.setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    axis.setTicker(QSharedPointer<QCPAxisTicker>(logarithmic ? new LogTicker : new QCPAxisTicker));
    axis.setNumberFormat(u"gb"_s);
    axis.setNumberPrecision(logarithmic ? 4 : 6);
}

} // namespace lora
