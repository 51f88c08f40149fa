#pragma once
// An update beside the weight that it changes, as plain values. Sources: Hu et al. 2021, LoRA, section 7.3
// and appendix H; Shuttleworth et al. 2024, LoRA vs Full Fine-tuning: An Illusion of Equivalence (intruder
// dimensions).

#include "engine/files/json.h"
#include "engine/measures/similarity_values.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// What is asked of the weight beyond products with it. Both need its singular vectors, which cost some
/// 10 min(m, n)² max(m, n) operations a target the first time; they are then kept.
struct WeightQuestions {
    bool directions = false; ///< W₀'s own leading directions: the column "W's top r" and the similarity maps
    bool intruders = false;
    std::int64_t intruder_directions = 10; ///< k: how many leading directions of W₀ + ΔW are looked at
    double intruder_cosine = 0.5;          ///< ε: below it a direction is none of W₀'s
    bool operator==(const WeightQuestions&) const = default;
};

/// A leading left-singular vector of W₀ + ΔW.
struct TunedDirection {
    double value = 0;       ///< its singular value
    double best_cosine = 0; ///< with the most similar of W₀'s left-singular vectors
    bool intruder = false;
    bool operator==(const TunedDirection&) const = default;
};

struct Intruders {
    std::vector<TunedDirection> directions; ///< by singular value, descending
    std::int64_t count = 0;
    double share = 0; ///< of the energy of these directions, Σσ², that the intruders hold
    bool operator==(const Intruders&) const = default;
};

/// One target: its row in the paper's table 7, and what was asked beyond it.
struct WeightComparison {
    std::string path;
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t rank = 0;          ///< r, the directions that ΔW has; 0 where ΔW = 0
    double weight_norm = 0;         ///< ‖W₀‖_F
    double update_norm = 0;         ///< ‖ΔW‖_F
    double projected_norm = 0;      ///< ‖Uᵀ W₀ V‖_F, with U, V the singular vectors of ΔW
    double random_norm = 0;         ///< what random directions would give: r ‖W₀‖_F / √(in · out)
    std::optional<double> top_norm; ///< what W₀'s own top r directions give
    std::optional<double> amplification; ///< ‖ΔW‖_F / ‖Uᵀ W₀ V‖_F; none where ΔW = 0
    SimilarityMap inputs; ///< φ of ΔW's right-singular vectors (i) and W₀'s top tenth (j); empty unless asked
    SimilarityMap outputs; ///< the same on the left ones
    std::optional<Intruders> intruders;

    double relative_norm() const { return weight_norm > 0 ? update_norm / weight_norm : 0; }
    bool operator==(const WeightComparison&) const = default;
};

struct WeightComparisons {
    WeightQuestions questions;
    double seconds = 0; ///< what computing them took
    std::vector<WeightComparison> targets;
};

Json to_json(const WeightComparison& target);

} // namespace lora
