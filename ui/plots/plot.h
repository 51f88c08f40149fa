#pragma once
// The one door to QCustomPlot, whose header needs Qt's keywords; they are off everywhere else.

#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef emit
#undef foreach
