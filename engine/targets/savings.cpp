#include "engine/targets/savings.h"

#include "engine/targets/rank_pattern.h"

#include <set>

namespace lora {

namespace {

constexpr std::int64_t float_bytes = 4;
constexpr std::int64_t moments_bytes = 2 * float_bytes;
constexpr std::int64_t training_bytes_each = float_bytes + float_bytes + moments_bytes;

} // namespace

std::int64_t count_head(const ModelSummary& model, std::size_t labels) {
    if (labels == 0) return 0;
    return static_cast<std::int64_t>(labels) * (model.hidden_size + 1) + model.inner_head;
}

Savings count_savings(
    const ModelSummary& model, const std::vector<std::string>& paths, std::int64_t rank, std::size_t labels) {
    LoraSettings settings;
    settings.rank = rank;
    return count_savings(model, paths, settings, labels);
}

Savings count_savings(const ModelSummary& model, const std::vector<std::string>& paths,
    const LoraSettings& settings, std::size_t labels) {
    const std::set<std::string> chosen(paths.begin(), paths.end());
    Savings savings;
    for (const LinearInfo& linear : model.linears)
        if (chosen.contains(linear.path))
            savings.trainable += rank_of(settings, linear.path) * (linear.in + linear.out);
    savings.trainable += count_head(model, labels);
    if (model.parameters > 0)
        savings.share = static_cast<double>(savings.trainable) / static_cast<double>(model.parameters);
    savings.adapter_bytes = float_bytes * savings.trainable;
    savings.optimizer_bytes = moments_bytes * savings.trainable;
    savings.training_bytes = training_bytes_each * savings.trainable;
    savings.full_training_bytes = training_bytes_each * model.parameters;
    return savings;
}

} // namespace lora
