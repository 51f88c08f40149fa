#include "engine/measures/similarity_values.h"

#include "engine/measures/number_words.h"

#include <algorithm>
#include <cmath>

namespace lora {

namespace {

std::string percent(double share) { return number_words("%.0f %%", 100 * share); }

double weighted(const std::vector<TargetComparison>& targets, double TargetComparison::*share) {
    double sum = 0, weights = 0;
    for (const auto& target : targets) {
        const double weight = target.norm_1 * target.norm_1 + target.norm_2 * target.norm_2;
        sum += weight * target.*share;
        weights += weight;
    }
    return weights > 0 ? sum / weights : 0;
}

} // namespace

SimilarityMap similarity_map(const std::vector<double>& products, std::int64_t rows, std::int64_t columns) {
    SimilarityMap map{rows, columns, {}};
    if (rows == 0 || columns == 0) return {};
    map.values.resize(products.size());
    std::vector<double> above(static_cast<std::size_t>(columns), 0); // Σ of squares in the rows so far
    for (std::int64_t i = 0; i < rows; ++i) {
        double left = 0;
        for (std::int64_t j = 0; j < columns; ++j) {
            const auto place = static_cast<std::size_t>(i * columns + j);
            left += products[place] * products[place];
            double& sum = above[static_cast<std::size_t>(j)];
            sum += left;
            map.values[place] = sum / static_cast<double>(std::min(i, j) + 1);
        }
    }
    return map;
}

double random_similarity(std::int64_t i, std::int64_t j, std::int64_t size) {
    return std::min(1.0, static_cast<double>(std::max(i, j)) / static_cast<double>(size));
}

std::int64_t AdapterComparison::same_starts() const {
    return std::count_if(
        targets.begin(), targets.end(), [](const TargetComparison& target) { return target.same_start; });
}

double AdapterComparison::cosine() const {
    double dot = 0, energy_1 = 0, energy_2 = 0;
    for (const auto& target : targets) {
        dot += target.dot;
        energy_1 += target.norm_1 * target.norm_1;
        energy_2 += target.norm_2 * target.norm_2;
    }
    return energy_1 > 0 && energy_2 > 0 ? dot / std::sqrt(energy_1 * energy_2) : 0;
}

double AdapterComparison::shared_inputs() const {
    return weighted(targets, &TargetComparison::shared_inputs);
}
double AdapterComparison::shared_outputs() const {
    return weighted(targets, &TargetComparison::shared_outputs);
}

std::string addition_in_words(const AdapterComparison& comparison) {
    if (comparison.targets.empty())
        return "They change no linear in common: adding them puts each in its own place.";
    const double cosine = comparison.cosine();
    const double shared = std::min(comparison.shared_inputs(), comparison.shared_outputs());
    const std::string measured = " (cosine " + number_words("%.2f", cosine) + ", they share "
                                 + percent(shared) + " of their energy's directions).";
    if (cosine > 0.5)
        return "They push the same way: their sum is about twice the same update, so average them instead of "
               "adding"
               + measured;
    if (cosine < -0.1)
        return "They push against each other: in the sum each undoes part of the other" + measured;
    if (shared < 0.1 && cosine < 0.1)
        return "They read and write almost separate directions: they can be added" + measured;
    return "They meet in part of their directions: add them with smaller weights and measure the loss"
           + measured;
}

std::string same_start_in_words(const AdapterComparison& comparison) {
    const std::int64_t count = comparison.same_starts();
    if (count == 0) return {};
    return std::to_string(count) + " of " + std::to_string(comparison.targets.size())
           + " targets began as the same random A (the same seed, or one run): their A agree without any "
             "training, so φ on A says nothing. Look at φ on ΔW, or train with another seed.";
}

Json to_json(const SimilarityMap& map) {
    Json rows = Json::array();
    for (std::int64_t i = 0; i < map.rows; ++i) {
        const auto begin = map.values.begin() + i * map.columns;
        rows.push_back(std::vector<double>(begin, begin + map.columns));
    }
    return rows;
}

Json to_json(const TargetComparison& target) {
    return {{"path", target.path}, {"in", target.in}, {"out", target.out}, {"cosine", target.cosine},
        {"norm_1", target.norm_1}, {"norm_2", target.norm_2}, {"shared_inputs", target.shared_inputs},
        {"shared_outputs", target.shared_outputs}, {"row_cosine", target.row_cosine},
        {"same_start", target.same_start}, {"random_inputs_1_1", random_similarity(1, 1, target.in)},
        {"random_outputs_1_1", random_similarity(1, 1, target.out)}, {"phi_A", to_json(target.A)},
        {"phi_inputs", to_json(target.inputs)}, {"phi_outputs", to_json(target.outputs)},
        {"input_angles", target.input_angles}, {"output_angles", target.output_angles}};
}

Json summary_json(const AdapterComparison& comparison) {
    return {{"first", comparison.first}, {"second", comparison.second}, {"seconds", comparison.seconds},
        {"targets", comparison.targets.size()}, {"only_first", comparison.only_first},
        {"only_second", comparison.only_second}, {"other_shapes", comparison.other_shapes},
        {"cosine", comparison.cosine()}, {"shared_inputs", comparison.shared_inputs()},
        {"shared_outputs", comparison.shared_outputs()}, {"same_starts", comparison.same_starts()},
        {"addition", addition_in_words(comparison)}, {"warning", same_start_in_words(comparison)}};
}

} // namespace lora
