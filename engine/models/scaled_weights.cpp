#include "engine/models/scaled_weights.h"

#include "engine/error.h"
#include "engine/files/mapped_file.h"
#include "engine/files/scaled_rows.h"

#include <span>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

constexpr std::int64_t rows_worth_a_thread = 16;

at::Tensor bytes_of_rows(BlockType type, std::int64_t rows, std::int64_t columns, const at::Device& device) {
    return at::empty(
        {rows, scaled_row_bytes(type, columns)}, at::TensorOptions(at::kByte).device(device.type()));
}

PackedRows laid_out(BlockType type, const ScaledParts& parts, std::int64_t rows, std::int64_t columns) {
    PackedRows packed{type, bytes_of_rows(type, rows, columns, at::kCPU), columns};
    auto* const bytes = static_cast<std::byte*>(packed.bytes.mutable_data_ptr());
    const std::int64_t row_bytes = packed.bytes.size(1);
    at::parallel_for(0, rows, rows_worth_a_thread, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            lay_out_row(type, parts, row, columns, bytes + row * row_bytes);
    });
    return packed;
}

std::span<const std::byte> bytes_in(const at::Tensor& tensor) {
    return {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()};
}

/// A row's numbers and scales, from its values.
void quantize_row(BlockType type, const at::Tensor& values, std::byte* numbers, float* scales) {
    const at::Tensor wide = values.to(at::kFloat).contiguous();
    const auto* const from = wide.const_data_ptr<float>();
    if (type == BlockType::Int8) {
        *scales = quantize_int8(from, wide.numel(), numbers);
        return;
    }
    for (std::int64_t at = 0; at < wide.numel(); at += values_of_scale)
        *scales++ = quantize_nf4(from + at, numbers + at / 2);
}

} // namespace

at::Tensor unpacked_weight(const QuantizedTensor& weight, at::ScalarType type) {
    const std::int64_t rows = weight.shape[0], columns = weight.shape[1];
    at::Tensor values = at::empty({rows, columns}, type);
    at::parallel_for(0, rows, rows_worth_a_thread, [&](std::int64_t begin, std::int64_t end) {
        const at::Tensor wide = at::empty({columns}, at::kFloat);
        for (std::int64_t row = begin; row < end; ++row) {
            weight.unpack_row(row, wide.mutable_data_ptr<float>());
            values.select(0, row).copy_(wide);
        }
    });
    release_pages(weight.parts.numbers);
    return values;
}

PackedRows rows_of_checkpoint(const QuantizedTensor& weight, const at::Device& device) {
    const BlockType type = weight.row_type.value();
    const std::int64_t rows = weight.shape[0], columns = weight.shape[1];
    if (device.is_meta()) return {type, bytes_of_rows(type, rows, columns, device), columns};
    PackedRows packed = laid_out(type, weight.parts, rows, columns);
    release_pages(weight.parts.numbers);
    return packed;
}

PackedRows quantized_rows(const at::Tensor& w, BlockType type, const std::string& where) {
    const std::int64_t rows = w.size(0), columns = w.size(1), in_row = scales_of_row(type, columns);
    if (w.is_meta()) return {type, bytes_of_rows(type, rows, columns, at::kMeta), columns};
    const std::int64_t row_bytes = type == BlockType::Int8 ? columns : columns / 2;
    const at::Tensor numbers = at::empty({rows, row_bytes}, at::kByte);
    const at::Tensor scales = at::empty({rows, in_row}, at::kFloat);
    auto* const bytes = static_cast<std::byte*>(numbers.mutable_data_ptr());
    auto* const sizes = scales.mutable_data_ptr<float>();
    at::parallel_for(0, rows, rows_worth_a_thread, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            quantize_row(type, w.select(0, row), bytes + row * row_bytes, sizes + row * in_row);
    });
    if (!at::isfinite(scales).all().item<bool>())
        fail(where, "a value that is no finite number", "finite ones, so that they can be quantized");
    ScaledParts parts{.numbers = bytes_in(numbers), .scales = bytes_in(scales)};
    if (type != BlockType::NF4) return laid_out(type, parts, rows, columns);
    const PackedScales packed =
        packed_scales({scales.const_data_ptr<float>(), static_cast<std::size_t>(scales.numel())},
            scales.mean().item<float>());
    parts.codes = std::as_bytes(std::span(packed.codes));
    parts.nested = std::as_bytes(std::span(packed.nested));
    parts.offset = packed.offset;
    return laid_out(type, parts, rows, columns);
}

} // namespace lora
