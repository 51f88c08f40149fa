#pragma once
// How much the directions of two updates have in common, as plain values. Source: Hu et al. 2021, LoRA,
// section 7.2 and appendix G.

#include "engine/files/json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// φ(i, j) = ‖U₁ⁱᵀ U₂ʲ‖_F² / min(i, j), for the first i directions of one and the first j of the other: 1
/// where the smaller space lies in the larger, 0 where they are orthogonal.
struct SimilarityMap {
    std::int64_t rows = 0; ///< 0: one of the two has no direction (ΔW = 0)
    std::int64_t columns = 0;
    std::vector<double> values; ///< row by row

    /// i and j count from 1, as in the paper.
    double at(std::int64_t i, std::int64_t j) const {
        return values[static_cast<std::size_t>((i - 1) * columns + j - 1)];
    }
    bool operator==(const SimilarityMap&) const = default;
};

/// The map from the inner products of the directions, row by row: (U₁ᵀ U₂)ᵢⱼ.
SimilarityMap similarity_map(const std::vector<double>& products, std::int64_t rows, std::int64_t columns);

/// What independent random subspaces of a space of `size` dimensions have on average: max(i, j) / size.
double random_similarity(std::int64_t i, std::int64_t j, std::int64_t size);

/// One target of both adapters.
struct TargetComparison {
    std::string path;
    std::int64_t in = 0;
    std::int64_t out = 0;
    SimilarityMap A; ///< on A's right-singular vectors, as in the paper; beside random_similarity(i, j, in)
    SimilarityMap inputs; ///< on ΔW's right-singular vectors, the directions it reads; beside the same
    SimilarityMap
        outputs; ///< on its left ones, the directions it writes; beside random_similarity(i, j, out)
    std::vector<double> input_angles;  ///< principal angles of the spaces they read, degrees, ascending
    std::vector<double> output_angles; ///< of those they write
    double cosine = 0;        ///< ⟨ΔW₁, ΔW₂⟩ / (‖ΔW₁‖ ‖ΔW₂‖); 0 where one is zero
    double shared_inputs = 0; ///< share of the energy in directions that the other reads too, mean of both
    double shared_outputs = 0;
    double dot = 0;          ///< ⟨ΔW₁, ΔW₂⟩
    double norm_1 = 0;       ///< ‖ΔW₁‖_F
    double norm_2 = 0;       ///< ‖ΔW₂‖_F
    double row_cosine = 0;   ///< mean cosine of A's rows of the same number
    bool same_start = false; ///< so alike row by row that both A began as the same random numbers
    bool operator==(const TargetComparison&) const = default;
};

struct AdapterComparison {
    std::string first; ///< what was compared, for people
    std::string second;
    double seconds = 0;                    ///< what computing it took
    std::vector<TargetComparison> targets; ///< those that both have with equal shapes
    std::vector<std::string> only_first;
    std::vector<std::string> only_second;
    std::vector<std::string> other_shapes; ///< in both, but of different sizes

    std::int64_t same_starts() const;
    /// Over all targets: of the updates as one long vector; shares weighted by energy.
    double cosine() const;
    double shared_inputs() const;
    double shared_outputs() const;
};

/// Whether the two can be added, in a sentence.
std::string addition_in_words(const AdapterComparison& comparison);
/// A warning where targets began as the same random numbers, which makes φ on A high without any training;
/// empty otherwise.
std::string same_start_in_words(const AdapterComparison& comparison);

/// A list of rows.
Json to_json(const SimilarityMap& map);
/// One target's fields.
Json to_json(const TargetComparison& target);
/// The fields over all targets, sentences included.
Json summary_json(const AdapterComparison& comparison);

} // namespace lora
