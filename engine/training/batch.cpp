#include "engine/training/batch.h"

namespace lora {

Batch make_batch(const std::vector<const Example*>& examples, const at::Device& device) {
    std::vector<std::vector<TokenId>> samples;
    std::vector<std::int64_t> rows, targets;
    std::int64_t row = 0;
    for (const Example* example : examples) {
        samples.push_back(example->ids);
        if (example->label >= 0) {
            rows.push_back(row);
            targets.push_back(example->label);
            row += static_cast<std::int64_t>(example->ids.size());
            continue;
        }
        for (std::size_t i = 0; i < example->ids.size(); ++i, ++row) {
            if (i + 1 == example->ids.size() || !example->learned[i + 1]) continue;
            rows.push_back(row);
            targets.push_back(example->ids[i + 1]);
        }
    }
    return {PackedTokens::pack(samples, device), indices(rows, device), indices(targets, device)};
}

} // namespace lora
