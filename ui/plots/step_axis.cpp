#include "ui/plots/step_axis.h"

#include "ui/plots/plot.h"

#include <algorithm>
#include <cmath>

namespace lora {

namespace {

class WholeTicker : public QCPAxisTicker {
protected:
    double getTickStep(const QCPRange& range) override {
        return std::max(1.0, std::floor(QCPAxisTicker::getTickStep(range)));
    }
    int getSubTickCount(double tickStep) override {
        return tickStep < 2 ? 0 : QCPAxisTicker::getSubTickCount(tickStep);
    }
};

} // namespace

void countSteps(QCPAxis& axis) { axis.setTicker(QSharedPointer<WholeTicker>::create()); }

} // namespace lora
