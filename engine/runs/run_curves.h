#pragma once
// A run's numbers over its steps as named curves: what is overlaid, and what is exported.

#include "engine/runs/run_record.h"

#include <string>
#include <vector>

namespace lora {

struct CurvePoint {
    std::int64_t step = 0;
    double value = 0;
    bool operator==(const CurvePoint&) const = default;
};

struct Curve {
    std::string name;
    std::vector<CurvePoint> points; ///< by step; values that are undefined are left out
};

/// The curves of a whole run: train/loss, train/lr, train/grad_norm, train/tokens_per_s, eval/loss,
/// eval/perplexity, and for each measure the mean over all targets, "update/effective_rank". Those without a
/// point are left out.
std::vector<Curve> run_curves(const RunRecord& run);

/// The measures of each target over the steps: "effective_rank/PATH".
std::vector<Curve> target_curves(const RunRecord& run);

} // namespace lora
