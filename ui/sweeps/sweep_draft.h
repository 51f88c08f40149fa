#pragma once
// A sweep made in the window: the set-up's settings with axes typed beside them. Plain values, no widget.

#include "engine/sweeps/sweep.h"

#include <QString>
#include <QStringList>
#include <vector>

namespace lora {

/// An axis as it is typed.
struct AxisText {
    QString setting; ///< "lora.rank"
    QString values;  ///< "1, 4, 16"
    bool operator==(const AxisText&) const = default;
};

/// Settings that an axis can have, the most asked for first.
QStringList axisSettings();

/// The values of a comma list: numbers, true and false as such, words as text.
std::vector<Json> axisValues(const QString& text);

/// Axes without a setting or a value are left out; `keepScale` as in Sweep. Throws Error where the sweep
/// cannot be made of it.
Sweep draftedSweep(
    const QString& name, const RunSettings& base, const std::vector<AxisText>& axes, bool keepScale = true);

/// "12 runs", or what is wrong with the draft.
struct DraftStatus {
    int runs = 0;
    QString fault;      ///< empty: all is well
    QString doubt = {}; ///< what the runs would be misread by; empty: nothing
};
DraftStatus draftStatus(const RunSettings& base, const std::vector<AxisText>& axes, bool keepScale = true);

} // namespace lora
