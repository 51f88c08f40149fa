#include "engine/training/run_savings.h"

#include "engine/adapters/rank_pattern.h"
#include "engine/adapters/targets.h"
#include "engine/methods/weight_savings.h"

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
    std::int64_t out = 0; ///< rows of all weights
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
    }
    return factors;
}

/// What a low-rank method is counted by, a classifier's head left out.
struct Counts {
    std::int64_t trainable = 0;
    std::int64_t saved = 0;  ///< values in the adapter's file
    std::int64_t others = 0; ///< bytes beside those of what is trained
};

Counts counts_of(const RunSettings& settings, const Factors& factors) {
    const auto& [A, B, squares, targets, out] = factors;
    switch (settings.method) {
    case MethodKind::Lora:
    case MethodKind::RsLora:
    case MethodKind::Eva: // as many directions in all; what they cost where they go is known at the start
    case MethodKind::LoraPlus: return {A + B, A + B, 0};
    case MethodKind::Dora:
        return {A + B + out, A + B + out, 0}; // and a magnitude for each row
    // Vectors b and d of each target; the random A and B are drawn again from the seed.
    case MethodKind::Vera: {
        const std::int64_t vectors = out + settings.lora.rank * targets;
        return {vectors, vectors, beside_the_model * (A + B)};
    }
    case MethodKind::LoraFa: return {B, A + B, value * A};
    // The held start is half of the update, which has twice the rank.
    case MethodKind::Pissa:
    case MethodKind::Olora: return {A + B, 2 * (A + B), beside_the_model * 2 * (A + B)};
    case MethodKind::AdaLora: {
        const std::int64_t rank = settings.lora.rank, first = settings.method_settings.adalora.init_r;
        const std::int64_t each = (A + B) / rank; // of one direction everywhere
        const std::int64_t trainable = first * (each + targets);
        return {trainable, rank * (each + targets),
            beside_the_model * first * each + 2 * value * trainable}; // its importance
    }
    case MethodKind::LoraXs: return {squares, A + B, beside_the_model * (A + B)};
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
