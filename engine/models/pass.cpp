#include "engine/models/pass.h"

#include <algorithm>

#include <ATen/ops/empty.h>

namespace lora {

at::Tensor indices(const std::vector<std::int64_t>& values, const at::Device& device, at::ScalarType type) {
    const bool pinned = device.is_cuda(); // the copy is then queued like a kernel
    const at::Tensor tensor =
        at::empty({static_cast<std::int64_t>(values.size())}, at::TensorOptions(type).pinned_memory(pinned));
    if (type == at::kInt)
        std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<std::int32_t>());
    else
        std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<std::int64_t>());
    return tensor.to(device, /*non_blocking=*/pinned);
}

PackedTokens PackedTokens::pack(
    const std::vector<std::vector<std::int32_t>>& samples, const at::Device& device) {
    PackedTokens packed;
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> positions;
    std::vector<std::int64_t> starts{0};
    for (const auto& sample : samples) {
        const auto length = static_cast<std::int64_t>(sample.size());
        packed.lengths.push_back(length);
        packed.longest = std::max(packed.longest, length);
        starts.push_back(starts.back() + length);
        for (std::int64_t t = 0; t < length; ++t) {
            ids.push_back(sample[static_cast<std::size_t>(t)]);
            positions.push_back(t);
        }
    }
    packed.ids = indices(ids, device);
    packed.positions = indices(positions, device);
    packed.starts = indices(starts, device, at::kInt);

    const bool equal_lengths = std::all_of(packed.lengths.begin(), packed.lengths.end(),
        [&](std::int64_t length) { return length == packed.longest; });
    if (equal_lengths) return packed;

    std::vector<std::int64_t> to_padded(samples.size() * static_cast<std::size_t>(packed.longest), 0);
    std::vector<std::int64_t> from_padded(ids.size());
    std::int64_t row = 0;
    for (std::size_t b = 0; b < samples.size(); ++b) {
        for (std::int64_t t = 0; t < packed.lengths[b]; ++t, ++row) {
            const std::int64_t place = static_cast<std::int64_t>(b) * packed.longest + t;
            to_padded[static_cast<std::size_t>(place)] = row;
            from_padded[static_cast<std::size_t>(row)] = place;
        }
    }
    packed.to_padded = indices(to_padded, device);
    packed.from_padded = indices(from_padded, device);
    return packed;
}

namespace {

void put_behind(at::Tensor& kept, std::int64_t length, const at::Tensor& rows) {
    const std::int64_t count = rows.size(0), room = kept.defined() ? kept.size(1) : 0;
    if (room < length + count) {
        constexpr std::int64_t least = 256;
        const at::Tensor larger = at::empty(
            {rows.size(1), std::max({length + count, 2 * room, least}), rows.size(2)}, rows.options());
        if (length > 0) larger.narrow(1, 0, length).copy_(kept.narrow(1, 0, length));
        kept = larger;
    }
    kept.narrow(1, length, count).copy_(rows.transpose(0, 1));
}

} // namespace

const KeyValueCache::Layer& KeyValueCache::append(
    std::int64_t layer, const at::Tensor& keys, const at::Tensor& values) {
    Layer& own = at(layer);
    put_behind(own.keys, length, keys);
    put_behind(own.values, length, values);
    return own;
}

KeyValueCache::Layer& KeyValueCache::at(std::int64_t layer) {
    const auto place = static_cast<std::size_t>(layer);
    if (layers_.size() <= place) layers_.resize(place + 1);
    return layers_[place];
}

} // namespace lora
