#include "engine/training/batch.h"

#include <algorithm>
#include <bit>

#include <ATen/ATen.h>

namespace lora {

namespace {

/// A batch as plain lists, before it becomes tensors on a device.
struct Parts {
    std::vector<std::vector<TokenId>> samples;
    std::vector<std::int64_t> rows, targets;
    std::vector<std::int64_t> types; ///< empty: all are of the first
    std::vector<float> values;
    Problem problem = Problem::SingleLabel;
    std::int64_t tokens = 0;
};

void add_types(Parts& parts, const std::vector<const Example*>& examples) {
    const bool has_pairs = std::any_of(
        examples.begin(), examples.end(), [](const Example* example) { return example->second > 0; });
    if (!has_pairs) return;
    for (const Example* example : examples) {
        const auto count = static_cast<std::int64_t>(example->ids.size());
        for (std::int64_t i = 0; i < count; ++i)
            parts.types.push_back(example->second > 0 && i >= example->second ? 1 : 0);
    }
}

Parts parts_of(const std::vector<const Example*>& examples) {
    Parts parts;
    for (const Example* example : examples) {
        const auto count = static_cast<std::int64_t>(example->ids.size());
        parts.samples.push_back(example->ids);
        if (example->is_labelled()) {
            parts.rows.push_back(parts.tokens);
            parts.targets.push_back(example->label);
            parts.values.insert(parts.values.end(), example->values.begin(), example->values.end());
            parts.problem = example->problem;
        }
        for (std::size_t i = 0; !example->is_labelled() && i + 1 < example->ids.size(); ++i) {
            if (!example->learned[i + 1]) continue;
            parts.rows.push_back(parts.tokens + static_cast<std::int64_t>(i));
            parts.targets.push_back(example->ids[i + 1]);
        }
        parts.tokens += count;
    }
    add_types(parts, examples);
    return parts;
}

Batch batch_of(const Parts& parts, const at::Device& device) {
    Batch batch{.tokens = PackedTokens::pack(parts.samples, device),
        .rows = indices(parts.rows, device),
        .targets = indices(parts.targets, device),
        .values = {},
        .problem = parts.problem};
    if (!parts.types.empty()) batch.tokens.types = indices(parts.types, device);
    if (!parts.values.empty())
        batch.values = at::tensor(parts.values, at::kFloat)
                           .view({static_cast<std::int64_t>(parts.samples.size()), -1})
                           .to(device);
    return batch;
}

/// The count rounded up: to one of eight sizes between two powers of two, at least to a multiple of 32.
std::int64_t filled(std::int64_t count) {
    constexpr std::uint64_t least = 32;
    const auto unit =
        static_cast<std::int64_t>(std::max(least, std::bit_floor(static_cast<std::uint64_t>(count)) / 8));
    return (count + unit - 1) / unit * unit;
}

bool of_one_length(const std::vector<std::vector<TokenId>>& samples) {
    return std::all_of(samples.begin(), samples.end(),
        [&](const auto& sample) { return sample.size() == samples.front().size(); });
}

} // namespace

std::vector<const Example*> pointers_to(const std::vector<Example>& examples) {
    std::vector<const Example*> pointers;
    for (const Example& example : examples) pointers.push_back(&example);
    return pointers;
}

BatchShape shape_of(const Batch& batch) {
    return {batch.tokens.ids.size(0), static_cast<std::int64_t>(batch.tokens.lengths.size()),
        batch.tokens.longest, batch.rows.size(0)};
}

Batch make_batch(const std::vector<const Example*>& examples, const at::Device& device) {
    return batch_of(parts_of(examples), device);
}

Batch make_filled_batch(const std::vector<const Example*>& examples, const at::Device& device) {
    Parts parts = parts_of(examples);
    const bool even = of_one_length(parts.samples);
    if (!even) {
        const std::int64_t missing = filled(parts.tokens + 1) - parts.tokens;
        parts.samples.emplace_back(static_cast<std::size_t>(missing), TokenId{0});
    }
    const auto learned = static_cast<std::int64_t>(parts.rows.size());
    const bool all_learned = even && learned == parts.tokens - static_cast<std::int64_t>(examples.size());
    if (!all_learned) {
        parts.rows.resize(static_cast<std::size_t>(filled(learned)), 0);
        parts.targets.resize(parts.rows.size(), -1);
    }
    Batch batch = batch_of(parts, device);
    // Kernels only size their grids by it: tokens that are not there cost next to nothing.
    const auto room = std::bit_ceil(static_cast<std::uint64_t>(batch.tokens.longest));
    batch.tokens.longest = std::min(static_cast<std::int64_t>(room), batch.tokens.ids.size(0));
    return batch;
}

} // namespace lora
