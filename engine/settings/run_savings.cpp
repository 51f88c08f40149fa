#include "engine/settings/run_savings.h"

#include "engine/settings/weight_savings.h"
#include "engine/targets/rank_pattern.h"
#include "engine/targets/targets.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace lora {

namespace {

constexpr std::int64_t value = 4;                    // bytes of a float
constexpr std::int64_t trained = 4 * value;          // the number itself, its gradient, AdamW's two moments
constexpr std::int64_t beside_the_model = 2 * value; // where A and B only follow: themselves and a gradient

/// Values of all A, all B, and of an r × r matrix for each.
struct Factors {
    std::int64_t A = 0;
    std::int64_t B = 0;
    std::int64_t squares = 0;
    std::int64_t targets = 0;
    std::int64_t out = 0;          ///< rows of all weights
    std::set<std::int64_t> widths; ///< of their inputs
    std::int64_t largest_out = 0;
};

Factors factors_of(const ModelSummary& model, const LoraSettings& lora) {
    const std::vector<std::string> paths = select_targets(model.linears, lora.selection);
    const std::set<std::string> chosen(paths.begin(), paths.end());
    Factors factors;
    for (const LinearInfo& linear : model.linears) {
        if (!chosen.contains(linear.path)) continue;
        const std::int64_t rank = rank_of(lora, linear.path);
        factors.A += rank * linear.in;
        factors.B += rank * linear.out;
        factors.squares += rank * rank;
        ++factors.targets;
        factors.out += linear.out;
        factors.widths.insert(linear.in);
        factors.largest_out = std::max(factors.largest_out, linear.out);
    }
    return factors;
}

/// What a low-rank method is counted by, a classifier's head left out.
struct Counts {
    std::int64_t trainable = 0;
    std::int64_t saved = 0;  ///< values in the adapter's file
    std::int64_t others = 0; ///< bytes beside those of what is trained
};

// Each target learns two vectors. Of the random matrices one B is held whole, and A once for each width; what
// a linear carries of B is its own, with a gradient. The file has the whole pair.
Counts vera_counts(const Factors& factors, std::int64_t rank) {
    const std::int64_t vectors = factors.out + rank * factors.targets;
    const std::int64_t widths =
        std::accumulate(factors.widths.begin(), factors.widths.end(), std::int64_t{0});
    const std::int64_t widest = factors.widths.empty() ? 0 : *factors.widths.rbegin();
    return {vectors, vectors + rank * (widest + factors.largest_out),
        beside_the_model * factors.B + value * rank * (widths + factors.largest_out)};
}

Counts counts_of(const RunSettings& settings, const Factors& factors) {
    const std::int64_t A = factors.A, B = factors.B;
    switch (settings.method) {
    case MethodKind::Lora:
    case MethodKind::RsLora:
    case MethodKind::Eva: // as many directions in all; what they cost where they go is known at the start
    case MethodKind::LoraPlus: return {A + B, A + B, 0};
    case MethodKind::Dora:
        return {A + B + factors.out, A + B + factors.out, 0}; // and a magnitude for each row
    case MethodKind::Vera: return vera_counts(factors, settings.lora.rank);
    case MethodKind::LoraFa: return {B, A + B, value * A};
    // The held start is half of the update, which has twice the rank.
    case MethodKind::Pissa:
    case MethodKind::Olora: return {A + B, 2 * (A + B), beside_the_model * 2 * (A + B)};
    case MethodKind::AdaLora: {
        const std::int64_t rank = settings.lora.rank, first = settings.method_settings.adalora.init_r;
        const std::int64_t each = (A + B) / rank; // of one direction everywhere
        const std::int64_t trainable = first * (each + factors.targets);
        return {trainable, rank * (each + factors.targets),
            beside_the_model * first * each + 2 * value * trainable}; // its importance
    }
    case MethodKind::LoraXs: return {factors.squares, A + B, beside_the_model * (A + B)};
    case MethodKind::UniLora: {
        const SubspaceSettings& subspace = settings.subspace;
        return {subspace.dimension, A + B,
            beside_the_model * (A + B) + projection_bytes(subspace.projection, A + B, subspace.dimension)};
    }
    case MethodKind::Full:
    case MethodKind::Subspace: break; // they have no factors
    }
    return {};
}

} // namespace

Savings savings_of(const ModelSummary& model, const RunSettings& settings, std::size_t labels) {
    if (trains_weights(settings.method))
        return count_weight_savings(
            model, settings.lora.selection, settings.method, settings.subspace, labels);
    const Counts counts = counts_of(settings, factors_of(model, settings.lora));
    const std::int64_t head = static_cast<std::int64_t>(labels) * (model.hidden_size + 1);
    // Nothing but the head: what does not depend on the method.
    Savings savings = count_savings(model, {}, /*rank=*/1, labels);
    savings.trainable = counts.trainable + head;
    if (model.parameters > 0)
        savings.share = static_cast<double>(savings.trainable) / static_cast<double>(model.parameters);
    savings.adapter_bytes = value * (counts.saved + head);
    savings.optimizer_bytes = 2 * value * savings.trainable;
    savings.training_bytes = trained * savings.trainable + counts.others;
    return savings;
}

} // namespace lora
