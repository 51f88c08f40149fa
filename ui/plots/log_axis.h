#pragma once
// A plot's axis, logarithmic or linear, with ticks that read well at every range.

#include <vector>

class QCPAxis;

namespace lora {

/// Values between `lower` and `upper` that read well on a logarithmic axis: 1, 2 and 5 times powers of ten
/// while they are few, else 1 and 3 times, else powers of ten, of every so many. At most `most`; empty where
/// the range holds too few of them to read by, as that of a loss from 1.5 to 1.9: evenly spaced ones serve
/// better there.
std::vector<double> logTicks(double lower, double upper, int most);

/// Evenly spaced numbers, no more than there is room for.
void fitNumbers(QCPAxis& axis);

void setLogarithmic(QCPAxis& axis, bool logarithmic);

} // namespace lora
