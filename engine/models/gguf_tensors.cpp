#include "engine/models/gguf_tensors.h"

#include "engine/files/gguf_blocks.h"
#include "engine/files/mapped_file.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

at::TensorOptions bytes_on(const at::Device& device) {
    return at::TensorOptions(at::kByte).device(device.is_meta() ? at::kMeta : at::kCPU);
}

} // namespace

// Some blocks at a time, which stay in the cache on their way to another type.
at::Tensor unpacked_tensor(const GgufTensor& tensor, at::ScalarType type) {
    constexpr std::int64_t values_at_once = 16384;
    at::Tensor values = at::empty(tensor.shape, type);
    const at::Tensor flat = values.view({-1});
    const BlockLayout block = layout(tensor.type);
    const std::int64_t blocks = std::max<std::int64_t>(1, values_at_once / block.values);
    const auto unpack = [&](std::int64_t first, std::int64_t count, float* out) {
        dequantize(tensor.type,
            tensor.bytes.subspan(static_cast<std::size_t>(first) * block.size_bytes,
                static_cast<std::size_t>(count) * block.size_bytes),
            {out, static_cast<std::size_t>(count * block.values)});
    };
    at::parallel_for(0, values.numel() / block.values, blocks, [&](std::int64_t begin, std::int64_t end) {
        if (type == at::kFloat)
            return unpack(begin, end - begin, values.mutable_data_ptr<float>() + begin * block.values);
        const at::Tensor some = at::empty({blocks * block.values}, at::kFloat);
        for (std::int64_t first = begin; first < end; first += blocks) {
            const std::int64_t count = std::min(blocks, end - first);
            unpack(first, count, some.mutable_data_ptr<float>());
            flat.narrow(0, first * block.values, count * block.values)
                .copy_(some.narrow(0, 0, count * block.values));
        }
    });
    release_pages(tensor.bytes);
    return values;
}

PackedRows packed_rows(
    const GgufTensor& tensor, const std::shared_ptr<const GgufFile>& file, const at::Device& device) {
    const std::int64_t rows = tensor.shape[0];
    const std::vector<std::int64_t> shape{rows, static_cast<std::int64_t>(tensor.bytes.size()) / rows};
    if (device.is_meta()) return {tensor.type, at::empty(shape, bytes_on(device)), tensor.shape[1]};
    // The mapping is read-only and weights are frozen: nothing writes through this pointer.
    void* data = const_cast<std::byte*>(tensor.bytes.data()); // NOLINT(cppcoreguidelines-pro-type-const-cast)
    return {tensor.type,
        at::from_blob(
            data, shape, [file, bytes = tensor.bytes](void*) { release_pages(bytes); }, bytes_on(device)),
        tensor.shape[1]};
}

} // namespace lora
