#include "engine/files/scaled_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace lora {

namespace {

constexpr float least_size = 1e-38F; // that a value is divided by
constexpr std::array<float, 16> nf4_table = {-1.0F, -0.6961928009986877F, -0.5250730514526367F,
    -0.39491748809814453F, -0.28444138169288635F, -0.18477343022823334F, -0.09105003625154495F, 0.0F,
    0.07958029955625534F, 0.16093020141124725F, 0.24611230194568634F, 0.33791524171829224F,
    0.44070982933044434F, 0.5626170039176941F, 0.7229568362236023F, 1.0F};

// Of each of seven powers of ten twice as many fractions as of the one below, half way between points from
// 0.1 to 1. Source: Dettmers et al. 2021 (8-bit optimizers), dynamic tree quantization with a sign.
std::array<float, 256> make_levels() {
    std::array<float, 256> levels = {};
    std::size_t count = 0;
    levels[count++] = 0;
    levels[count++] = 1;
    for (int exponent = 0; exponent < 7; ++exponent) {
        const int fractions = 1 << exponent;
        const double power = std::pow(10.0, exponent - 6);
        for (int i = 0; i < fractions; ++i) {
            const double mean = 0.1 + 0.9 * (i + 0.5) / fractions;
            levels[count++] = static_cast<float>(power * mean);
            levels[count++] = static_cast<float>(-power * mean);
        }
    }
    std::sort(levels.begin(), levels.end());
    return levels;
}

template <std::size_t count>
std::array<float, count - 1> bounds_of(const std::array<float, count>& values) {
    std::array<float, count - 1> bounds;
    for (std::size_t i = 0; i + 1 < count; ++i) bounds[i] = (values[i] + values[i + 1]) / 2;
    return bounds;
}

float largest_size(const float* values, std::int64_t count) {
    float largest = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const float size = std::abs(values[i]);
        if (std::isnan(size)) return std::numeric_limits<float>::quiet_NaN();
        largest = std::max(largest, size);
    }
    return largest;
}

float in_ones(float value, float inverse) { return std::clamp(value * inverse, -1.0F, 1.0F); }

float float_at(const std::byte* from) {
    float value = 0;
    std::memcpy(&value, from, sizeof value);
    return value;
}

void put_float(float value, std::byte* to) { std::memcpy(to, &value, sizeof value); }

/// Runs of 256 blocks that a row can have a part in.
std::int64_t runs_of_row(std::int64_t blocks) { return (blocks + scales_of_run - 2) / scales_of_run + 1; }

struct Places {
    std::int64_t codes, offset, nested, first; ///< bytes from the row's begin
};
Places places_of(std::int64_t columns) {
    const std::int64_t blocks = columns / values_of_scale, offset = columns / 2 + blocks;
    const std::int64_t nested = offset + 4;
    return {columns / 2, offset, nested, nested + 4 * runs_of_row(blocks)};
}

void lay_out_codes(const ScaledParts& parts, std::int64_t row, std::int64_t columns, std::byte* to) {
    const Places places = places_of(columns);
    const std::int64_t blocks = columns / values_of_scale, begin = row * blocks;
    std::memcpy(to + places.codes, parts.codes.data() + begin, static_cast<std::size_t>(blocks));
    put_float(parts.offset, to + places.offset);
    const std::int64_t run = begin / scales_of_run;
    for (std::int64_t i = 0; i < runs_of_row(blocks); ++i) {
        const auto place = static_cast<std::size_t>(4 * (run + i));
        put_float(place < parts.nested.size() ? float_at(parts.nested.data() + place) : 0,
            to + places.nested + 4 * i);
    }
    const auto first = static_cast<std::uint16_t>(scales_of_run - begin % scales_of_run);
    std::memcpy(to + places.first, &first, sizeof first);
}

void read_codes(
    const std::byte* row, std::int64_t columns, std::int64_t begin, std::int64_t count, float* to) {
    const Places places = places_of(columns);
    std::uint16_t first = 0;
    std::memcpy(&first, row + places.first, sizeof first);
    const std::array<float, 256>& levels = scale_levels();
    const float offset = float_at(row + places.offset);
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t block = begin + i;
        const std::int64_t run = block < first ? 0 : 1 + (block - first) / scales_of_run;
        const auto code = static_cast<std::size_t>(row[places.codes + block]);
        to[i] = levels[code] * float_at(row + places.nested + 4 * run) + offset;
    }
}

} // namespace

const std::array<float, 16>& nf4_values() { return nf4_table; }

const std::array<float, 256>& scale_levels() {
    static const std::array<float, 256> levels = make_levels();
    return levels;
}

bool is_scaled(BlockType type) {
    return type == BlockType::NF4 || type == BlockType::NF4Wide || type == BlockType::Int8;
}

bool fits_scaled(BlockType type, std::int64_t columns) {
    return columns > 0 && (type == BlockType::Int8 || columns % values_of_scale == 0);
}

std::int64_t scaled_row_bytes(BlockType type, std::int64_t columns) {
    if (type == BlockType::Int8) return columns + 4;
    if (type == BlockType::NF4Wide) return columns / 2 + columns / values_of_scale * 4;
    return places_of(columns).first + 2;
}

std::int64_t scales_of_row(BlockType type, std::int64_t columns) {
    return type == BlockType::Int8 ? 1 : columns / values_of_scale;
}

void read_scales(BlockType type, const std::byte* row, std::int64_t columns, std::int64_t first,
    std::int64_t count, float* to) {
    if (type == BlockType::NF4) return read_codes(row, columns, first, count, to);
    const std::byte* const scales = row + (type == BlockType::Int8 ? columns : columns / 2);
    std::memcpy(to, scales + 4 * first, 4 * static_cast<std::size_t>(count));
}

PackedScales packed_scales(std::span<const float> scales, float offset) {
    static const std::array<float, 255> bounds = bounds_of(scale_levels());
    PackedScales packed;
    packed.offset = offset;
    packed.codes.resize(scales.size());
    for (std::size_t begin = 0; begin < scales.size(); begin += scales_of_run) {
        const std::size_t end = std::min(scales.size(), begin + scales_of_run);
        float largest = 0;
        for (std::size_t i = begin; i < end; ++i) largest = std::max(largest, std::abs(scales[i] - offset));
        packed.nested.push_back(largest);
        const float inverse = 1 / std::max(largest, least_size);
        for (std::size_t i = begin; i < end; ++i) {
            const float value = in_ones(scales[i] - offset, inverse);
            packed.codes[i] = static_cast<std::uint8_t>(
                std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin());
        }
    }
    return packed;
}

void lay_out_row(
    BlockType type, const ScaledParts& parts, std::int64_t row, std::int64_t columns, std::byte* to) {
    const std::int64_t bytes = type == BlockType::Int8 ? columns : columns / 2;
    std::memcpy(to, parts.numbers.data() + row * bytes, static_cast<std::size_t>(bytes));
    if (type == BlockType::NF4) return lay_out_codes(parts, row, columns, to);
    const std::int64_t scales = scales_of_row(type, columns);
    std::memcpy(to + bytes, parts.scales.data() + 4 * row * scales, 4 * static_cast<std::size_t>(scales));
}

// Of a table in order the number is how many bounds lie below: no branches, so that compilers make vectors.
float quantize_nf4(const float* values, std::byte* numbers) {
    static const std::array<float, 15> bounds = bounds_of(nf4_table);
    const float scale = largest_size(values, values_of_scale);
    const float inverse = 1 / std::max(scale, least_size);
    std::array<float, values_of_scale> in_range;
    for (std::size_t i = 0; i < in_range.size(); ++i) in_range[i] = in_ones(values[i], inverse);
    std::array<int, values_of_scale> places = {};
    for (const float bound : bounds)
        for (std::size_t i = 0; i < places.size(); ++i) places[i] += static_cast<int>(in_range[i] > bound);
    for (std::size_t i = 0; i < places.size(); i += 2)
        numbers[i / 2] = static_cast<std::byte>(places[i] << 4 | places[i + 1]);
    return scale;
}

float quantize_int8(const float* values, std::int64_t count, std::byte* numbers) {
    const float scale = largest_size(values, count);
    if (!std::isfinite(scale)) return scale;
    const float times = scale > 0 ? 1 / scale * 127 : 0; // in this order, for the same last bit
    for (std::int64_t i = 0; i < count; ++i)
        numbers[i] = static_cast<std::byte>(static_cast<std::int8_t>(std::nearbyint(values[i] * times)));
    return scale;
}

} // namespace lora
