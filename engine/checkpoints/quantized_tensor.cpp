#include "engine/checkpoints/quantized_tensor.h"

#include "engine/checkpoints/float8.h"
#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/files/json.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <tuple>

namespace lora {

namespace {

constexpr std::string_view state_ending = ".quant_state.bitsandbytes__";
constexpr std::int64_t most_of_a_side = std::int64_t{1} << 31;
constexpr const char* advice = "the checkpoint is damaged or was cut when it was copied";

std::int64_t rounded_up(std::int64_t count, std::int64_t by) { return (count + by - 1) / by; }

float float_at(std::span<const std::byte> bytes, std::int64_t index) {
    float value = 0;
    std::memcpy(&value, bytes.data() + 4 * index, sizeof value);
    return value;
}

/// What belongs to one weight, looked up under the weight's name.
class Parts {
public:
    Parts(QuantizedTensor& weight, const FindTensor& find) : weight_(weight), find_(find) {}

    FoundTensor optional(const std::string& name) {
        FoundTensor found = find_(name);
        if (found.view != nullptr) weight_.beside.push_back(name);
        return found;
    }
    /// A tensor of so many values of this type, of any shape.
    FoundTensor needed(const std::string& name, ElementType type, std::int64_t values) {
        FoundTensor found = optional(name);
        if (found.view == nullptr)
            fail(find_(weight_.name).place(), "no '" + shown(name) + "' beside it", "its scales", advice);
        const auto count = static_cast<std::int64_t>(found.view->bytes.size() / size_bytes(found.view->type));
        if (found.view->type != type || count != values)
            fail(found.place(),
                std::to_string(count) + " values of " + std::string(lora::name(found.view->type)),
                std::to_string(values) + " of " + std::string(lora::name(type)), advice);
        return found;
    }
    std::vector<float> finite(const std::string& name, std::int64_t values) {
        return finite(needed(name, ElementType::F32, values));
    }
    static std::vector<float> finite(const FoundTensor& found) {
        std::vector<float> all(found.view->bytes.size() / 4);
        if (!all.empty()) std::memcpy(all.data(), found.view->bytes.data(), 4 * all.size());
        need_finite(all, found);
        return all;
    }
    static void need_finite(const std::vector<float>& all, const FoundTensor& found) {
        const auto bad = std::find_if(all.begin(), all.end(), [](float one) { return !std::isfinite(one); });
        if (bad != all.end())
            fail(found.place(),
                "a value that is no finite number at place " + std::to_string(bad - all.begin()),
                "finite ones", advice);
    }

private:
    QuantizedTensor& weight_;
    const FindTensor& find_;
};

template <std::size_t count>
bool are_near(const std::vector<float>& found, const std::array<float, count>& known) {
    for (std::size_t i = 0; i < count; ++i)
        if (std::abs(found[i] - known[i]) > 1e-6F * std::abs(known[i])) return false;
    return true;
}

std::vector<std::int64_t> shape_of(const JsonFields& state) {
    const Json* const list = state.find("shape");
    std::vector<std::int64_t> shape;
    if (list != nullptr && list->is_array() && list->size() == 2)
        for (const Json& side : *list)
            if (side.is_number_integer() && side > 0 && side < most_of_a_side)
                shape.push_back(side.get<std::int64_t>());
    if (shape.size() != 2)
        fail(state.where() + ": shape", list ? shown(list->dump(), 60) : "none", "[out, in]");
    return shape;
}

void read_scales_of_scales(
    QuantizedTensor& weight, Parts& parts, const JsonFields& state, std::int64_t blocks) {
    const std::string& name = weight.name;
    weight.run = state.integer("nested_blocksize", 1, 1 << 20);
    weight.parts.offset = static_cast<float>(state.number("nested_offset"));
    weight.parts.codes = parts.needed(name + ".absmax", ElementType::U8, blocks).view->bytes;
    const std::int64_t runs = rounded_up(blocks, weight.run);
    weight.parts.nested = parts.needed(name + ".nested_absmax", ElementType::F32, runs).view->bytes;
    parts.finite(name + ".nested_absmax", runs);
    weight.levels = parts.finite(name + ".nested_quant_map", 256);
}

void read_four_bits(
    QuantizedTensor& weight, Parts& parts, const FoundTensor& numbers, const FoundTensor& packed) {
    const std::string_view text(
        reinterpret_cast<const char*>(packed.view->bytes.data()), packed.view->bytes.size());
    const Json json = parse_json(text, packed.place());
    const JsonFields state(json, packed.place());
    weight.kind = QuantizedTensor::Kind::FourBits;
    weight.shape = shape_of(state);
    weight.block = state.integer("blocksize", 32, 4096);
    const auto values = checked_size(weight.shape, 1);
    const auto bytes = rounded_up(static_cast<std::int64_t>(*values), 2);
    if (static_cast<std::int64_t>(numbers.view->bytes.size()) != bytes)
        fail(numbers.place(), std::to_string(numbers.view->bytes.size()) + " bytes",
            std::to_string(bytes) + " for " + shape_text(weight.shape) + " in 4 bits", advice);
    weight.parts.numbers = numbers.view->bytes;
    weight.table = parts.finite(weight.name + ".quant_map", 16);
    const std::int64_t blocks = rounded_up(static_cast<std::int64_t>(*values), weight.block);
    const FoundTensor absmax = parts.optional(weight.name + ".absmax");
    const bool nested = absmax.view != nullptr && absmax.view->type == ElementType::U8;
    if (nested)
        read_scales_of_scales(weight, parts, state, blocks);
    else
        weight.parts.scales = parts.needed(weight.name + ".absmax", ElementType::F32, blocks).view->bytes;
    const bool usual = weight.block == values_of_scale && are_near(weight.table, nf4_values())
                       && fits_scaled(BlockType::NF4, weight.shape[1]);
    if (usual && !nested) weight.row_type = BlockType::NF4Wide;
    if (usual && nested && weight.run == scales_of_run && are_near(weight.levels, scale_levels()))
        weight.row_type = BlockType::NF4;
}

// Four bits are saved as one column of bytes, or of another type whose bytes they are.
bool is_surely_plain(const TensorView& view) {
    const bool floats = view.type == ElementType::F32 || view.type == ElementType::BF16
                        || view.type == ElementType::F16 || view.type == ElementType::F64;
    return floats && (view.shape.size() != 2 || view.shape[1] != 1);
}

void need_matrix(const FoundTensor& numbers) {
    if (numbers.view->shape.size() != 2)
        fail(numbers.place(), "shape " + shape_text(numbers.view->shape), "a matrix, [out, in]", advice);
}

void read_int8(QuantizedTensor& weight, Parts& parts, const FoundTensor& numbers, const std::string& scales) {
    need_matrix(numbers);
    weight.kind = QuantizedTensor::Kind::Int8;
    weight.row_type = BlockType::Int8;
    weight.shape = numbers.view->shape;
    weight.parts.numbers = numbers.view->bytes;
    const FoundTensor found = parts.needed(scales, ElementType::F32, weight.shape[0]);
    Parts::finite(found);
    weight.parts.scales = found.view->bytes;
    const FoundTensor order = parts.optional(weight.name + "_format");
    if (order.view != nullptr
        && std::any_of(order.view->bytes.begin(), order.view->bytes.end(),
            [](std::byte one) { return one != std::byte{0}; }))
        fail(order.place(), "an order of rows made for one kind of GPU", "rows as they are (0)",
            "save the model again with a newer bitsandbytes, or take its folder in 16 bits");
}

void read_float8(QuantizedTensor& weight, const FoundTensor& numbers, const FoundTensor& scales,
    const std::vector<std::int64_t>& block) {
    need_matrix(numbers);
    weight.kind = QuantizedTensor::Kind::Float8;
    weight.shape = numbers.view->shape;
    weight.parts.numbers = numbers.view->bytes;
    weight.scales = floats_of(*scales.view, scales.place());
    Parts::need_finite(weight.scales, scales);
    const auto count = static_cast<std::int64_t>(weight.scales.size());
    const std::int64_t rows = weight.shape[0], columns = weight.shape[1];
    const std::vector<std::int64_t> grid{rounded_up(rows, block[0]), rounded_up(columns, block[1])};
    if (scales.view->shape == grid)
        std::tie(weight.block_rows, weight.block_columns, weight.scale_columns) =
            std::tuple(block[0], block[1], grid[1]);
    else if (count == 1)
        std::tie(weight.block_rows, weight.block_columns) =
            std::pair(std::max<std::int64_t>(1, rows), columns);
    else if (count == rows)
        weight.block_columns = columns;
    else
        fail(scales.place(), "shape " + shape_text(scales.view->shape),
            "one number, one for each row, or " + shape_text(grid) + " for blocks of " + shape_text(block),
            advice);
    weight.block_columns = std::max<std::int64_t>(1, weight.block_columns);
}

float four_bit_scale(const QuantizedTensor& weight, std::int64_t block) {
    if (weight.parts.codes.empty()) return float_at(weight.parts.scales, block);
    const auto code = static_cast<std::size_t>(weight.parts.codes[static_cast<std::size_t>(block)]);
    return weight.levels[code] * float_at(weight.parts.nested, block / weight.run) + weight.parts.offset;
}

void unpack_four_bits(const QuantizedTensor& weight, std::int64_t row, float* to) {
    std::int64_t place = row * weight.shape[1], block = -1;
    float scale = 0;
    for (std::int64_t i = 0; i < weight.shape[1]; ++i, ++place) {
        if (place / weight.block != block) scale = four_bit_scale(weight, block = place / weight.block);
        const auto both =
            static_cast<std::uint8_t>(weight.parts.numbers[static_cast<std::size_t>(place / 2)]);
        to[i] = weight.table[place % 2 == 0 ? both >> 4 : both & 15] * scale;
    }
}

void unpack_int8(const QuantizedTensor& weight, std::int64_t row, float* to) {
    const float scale = float_at(weight.parts.scales, row);
    const std::byte* const numbers = weight.parts.numbers.data() + row * weight.shape[1];
    for (std::int64_t i = 0; i < weight.shape[1]; ++i)
        to[i] = static_cast<float>(static_cast<std::int8_t>(numbers[i])) * scale * part_of_scale;
}

void unpack_float8(const QuantizedTensor& weight, std::int64_t row, float* to) {
    const std::byte* const numbers = weight.parts.numbers.data() + row * weight.shape[1];
    const float* const scales = weight.scales.data() + row / weight.block_rows * weight.scale_columns;
    for (std::int64_t i = 0; i < weight.shape[1]; ++i)
        to[i] = float_of_e4m3(static_cast<std::uint8_t>(numbers[i])) * scales[i / weight.block_columns];
}

} // namespace

std::string FoundTensor::place() const { return file + ": tensor '" + shown(view ? view->name : "") + "'"; }

std::int64_t QuantizedTensor::bytes() const {
    return static_cast<std::int64_t>(parts.numbers.size() + parts.scales.size() + parts.codes.size()
                                     + parts.nested.size() + 4 * scales.size());
}

void QuantizedTensor::unpack_row(std::int64_t row, float* to) const {
    switch (kind) {
    case Kind::FourBits: return unpack_four_bits(*this, row, to);
    case Kind::Int8: return unpack_int8(*this, row, to);
    case Kind::Float8: return unpack_float8(*this, row, to);
    }
}

std::optional<QuantizedTensor> quantized_tensor(
    const std::string& name, const FindTensor& find, const std::vector<std::int64_t>& block) {
    const FoundTensor numbers = find(name);
    if (numbers.view == nullptr || is_surely_plain(*numbers.view)) return std::nullopt;
    QuantizedTensor weight;
    weight.name = name;
    Parts parts(weight, find);
    for (const std::string_view type : {"nf4", "fp4"})
        if (const FoundTensor state = parts.optional(name + std::string(state_ending) + std::string(type));
            state.view != nullptr) {
            weight.is_fp4 = type == "fp4";
            read_four_bits(weight, parts, numbers, state);
            return weight;
        }
    if (!name.ends_with(".weight")) return std::nullopt;
    const std::string module = name.substr(0, name.size() - std::string_view("weight").size());
    if (numbers.view->type == ElementType::I8 && find(module + "SCB").view != nullptr) {
        read_int8(weight, parts, numbers, module + "SCB");
        return weight;
    }
    if (numbers.view->type != ElementType::F8_E4M3) return std::nullopt;
    FoundTensor scales = parts.optional(name + "_scale_inv");
    if (scales.view == nullptr) scales = parts.optional(name + "_scale");
    if (scales.view == nullptr)
        fail(numbers.place(), "FP8 without '" + shown(name) + "_scale_inv' or '" + shown(name) + "_scale'",
            "its scales", advice);
    parts.optional(module + "input_scale");
    read_float8(weight, numbers, scales, block);
    return weight;
}

} // namespace lora
