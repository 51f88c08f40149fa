#include "engine/adapters/savings.h"

#include <set>

namespace lora {

namespace {

constexpr std::int64_t float_bytes = 4;
constexpr std::int64_t moments_bytes = 2 * float_bytes;
constexpr std::int64_t training_bytes_each = float_bytes + float_bytes + moments_bytes;

} // namespace

Savings count_savings(const ModelSummary& model, const std::vector<std::string>& paths, std::int64_t rank) {
    const std::set<std::string> chosen(paths.begin(), paths.end());
    Savings savings;
    for (const LinearInfo& linear : model.linears)
        if (chosen.contains(linear.path)) savings.trainable += rank * (linear.in + linear.out);
    if (model.parameters > 0)
        savings.share = static_cast<double>(savings.trainable) / static_cast<double>(model.parameters);
    savings.adapter_bytes = float_bytes * savings.trainable;
    savings.optimizer_bytes = moments_bytes * savings.trainable;
    savings.training_bytes = training_bytes_each * savings.trainable;
    savings.full_training_bytes = training_bytes_each * model.parameters;
    return savings;
}

} // namespace lora
