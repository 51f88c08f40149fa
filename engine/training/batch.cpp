#include "engine/training/batch.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace lora {

namespace {

at::Tensor indices(const std::vector<std::int64_t>& values, const at::Device& device) {
    at::Tensor tensor = at::empty({static_cast<std::int64_t>(values.size())}, at::kLong);
    std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<std::int64_t>());
    return tensor.to(device);
}

} // namespace

Batch make_batch(const std::vector<const Example*>& examples, const at::Device& device) {
    std::vector<std::vector<TokenId>> samples;
    std::vector<std::int64_t> rows, targets;
    std::int64_t row = 0;
    for (const Example* example : examples) {
        samples.push_back(example->ids);
        for (std::size_t i = 0; i < example->ids.size(); ++i, ++row) {
            if (i + 1 == example->ids.size() || !example->learned[i + 1]) continue;
            rows.push_back(row);
            targets.push_back(example->ids[i + 1]);
        }
    }
    return {PackedTokens::pack(samples, device), indices(rows, device), indices(targets, device)};
}

} // namespace lora
