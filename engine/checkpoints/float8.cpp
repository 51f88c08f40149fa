#include "engine/checkpoints/float8.h"

#include "engine/error.h"
#include "engine/files/gguf_blocks.h"

#include <array>
#include <cmath>
#include <limits>

namespace lora {

namespace {

std::array<float, 256> make_e4m3() {
    std::array<float, 256> values = {};
    for (std::size_t bits = 0; bits < values.size(); ++bits) {
        const int exponent = static_cast<int>(bits >> 3 & 15), mantissa = static_cast<int>(bits & 7);
        float size = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -9)
                                   : std::ldexp(static_cast<float>(8 + mantissa), exponent - 10);
        if ((bits & 0x7f) == 0x7f) size = std::numeric_limits<float>::quiet_NaN();
        values[bits] = (bits & 0x80) != 0 ? -size : size;
    }
    return values;
}

} // namespace

float float_of_e4m3(std::uint8_t bits) {
    static const std::array<float, 256> values = make_e4m3();
    return values[bits];
}

std::vector<float> floats_of(const TensorView& view, const std::string& place) {
    const auto type = view.type == ElementType::F32    ? BlockType::F32
                      : view.type == ElementType::BF16 ? BlockType::BF16
                                                       : BlockType::F16;
    if (type == BlockType::F16 && view.type != ElementType::F16)
        fail(place, std::string(name(view.type)), "scales in F32, BF16 or F16");
    std::vector<float> values(view.bytes.size() / size_bytes(view.type));
    dequantize(type, view.bytes, values);
    return values;
}

} // namespace lora
