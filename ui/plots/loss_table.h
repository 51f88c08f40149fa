#pragma once
// A run's losses as numbers for an export.

#include "ui/plots/loss_curve.h"
#include "ui/plots/plot_export.h"

namespace lora {

/// Every step with all that is known of it, and the evaluations, with those scores that the last one has.
Table lossTable(const LossCurve& curve);

} // namespace lora
