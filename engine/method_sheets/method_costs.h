#pragma once
// What a method trains, saves and holds beside the model, counted from the shapes of its targets.

#include "engine/checkpoints/summary.h"
#include "engine/run_settings/run_settings.h"

#include <cstdint>
#include <set>

namespace lora {

constexpr std::int64_t float_bytes = 4;
/// Bytes of a number that lies beside the model: itself and a gradient.
constexpr std::int64_t beside_the_model = 2 * float_bytes;

/// Shapes of what the words of a selection choose.
struct TargetShapes {
    std::int64_t A = 0;       ///< values of all A
    std::int64_t B = 0;       ///< and of all B
    std::int64_t squares = 0; ///< of an r × r matrix each
    std::int64_t targets = 0;
    std::int64_t out = 0;          ///< rows of all their weights
    std::set<std::int64_t> widths; ///< of their inputs
    std::int64_t largest_out = 0;
    std::int64_t weights = 0; ///< values of the weights themselves, of a method that trains those
};

/// A classifier's head left out.
struct MethodCosts {
    std::int64_t trainable = 0;
    std::int64_t saved = 0;  ///< values in the result's file
    std::int64_t others = 0; ///< bytes beside those of what is trained, its gradient and two moments
};

/// LoRA's own: A and B.
MethodCosts low_rank_costs(const RunSettings& settings, const TargetShapes& shapes);

/// Of these settings' targets, at their ranks. Throws Error where the selection is none.
TargetShapes shapes_of(const ModelSummary& model, const RunSettings& settings, bool trains_weights);

} // namespace lora
