#pragma once
// A sweep's table as the window shows it. Plain values, no widget.

#include "engine/sweeps/sweep_plot.h"
#include "engine/sweeps/sweep_ranking.h"
#include "ui/elements/result_table.h"
#include "ui/plots/plot_export.h"

namespace lora {

/// A row a run, in the sweep's order; columns without any value are left out, that of the places where
/// nothing is ranked.
ResultRows sweepRows(const SweepTable& table, const SweepRanking& ranking = {});
/// Where the places stand.
inline constexpr int placeColumn = 2;

/// "Finished", "Waiting" …
QString stateWord(SweepRunState state);

/// "7 of 20 runs finished, 1 failed, 1 running".
QString progressWords(const SweepTable& table);

/// Whether runs are left to do, or were broken off.
bool isUnfinished(const SweepTable& table);
bool hasFailures(const SweepTable& table);

/// A column's name for people: "Evaluation accuracy".
QString measureWord(SweepMeasure measure);
/// A run's value of it: "90.0 %", "0.4123"; a dash for none.
QString measureText(const SweepRow& row, SweepMeasure which);

/// Those that at least one run has, in the order in which they are offered.
std::vector<SweepMeasure> measuresOf(const SweepTable& table);

/// What d90 says of each line, a sentence; empty where there is nothing to say.
QString d90Words(const SweepPlot& plot);

/// The points of a plot, for an export.
Table plotTable(const SweepPlot& plot, const SweepQuestion& question);

} // namespace lora
