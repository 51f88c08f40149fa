#pragma once
// A sweep's results as curves: a measure over a setting or over the trainable parameters, a line for each
// method, with the spread over seeds. Knows no plot.

#include "engine/sweeps/d90.h"
#include "engine/sweeps/seed_spread.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

/// What is drawn.
struct SweepQuestion {
    std::string x;     ///< a setting; empty: trainable parameters without the head
    std::string lines; ///< a setting whose every value has a line of its own; empty: one line
    SweepMeasure measure = SweepMeasure::EvalLoss;
    bool operator==(const SweepQuestion&) const = default;
};

struct SweepPoint {
    double x = 0; ///< the number; of a setting with words, the word's place in SweepPlot::words
    Spread value;
    std::vector<std::string> runs; ///< names of the runs in it
    bool operator==(const SweepPoint&) const = default;
};

struct SweepLine {
    std::string name;               ///< the setting's value
    std::vector<SweepPoint> points; ///< by x
    std::optional<D90> d90 = {};
    bool operator==(const SweepLine&) const = default;
};

struct SweepPlot {
    std::vector<SweepLine> lines;        ///< in the order of the sweep
    std::vector<std::string> words = {}; ///< what stands along x where its values are not all numbers
    /// Full fine-tuning's mean, where the sweep has it and the measure is an accuracy.
    std::optional<double> baseline = {};
    /// Whether points had several candidates (a learning rate was searched): the best one stands there.
    bool best_of_several = false;
    bool operator==(const SweepPlot&) const = default;
};

/// Points are means over seeds of finished runs; d90 is of lines other than full fine-tuning's, over
/// trainable parameters.
SweepPlot sweep_plot(const SweepTable& table, const SweepQuestion& question);

/// What is most likely asked: accuracy where there is one, over trainable parameters if they vary, else over
/// the first setting that is no seed; lines by method where it varies.
SweepQuestion usual_question(const SweepTable& table);

} // namespace lora
