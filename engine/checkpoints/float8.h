#pragma once
// Numbers of 8 bits with an exponent, and the scales beside them, as float32.

#include "engine/files/safetensors.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// E4M3 without infinities (F8_E4M3 in safetensors, torch.float8_e4m3fn): four bits of exponent with a bias
/// of 7, three of mantissa; 0x7f and 0xff are no numbers. Source: Micikevicius et al. 2022.
float float_of_e4m3(std::uint8_t bits);

/// A tensor of F32, BF16 or F16. `place` names it; throws Error for another type.
std::vector<float> floats_of(const TensorView& view, const std::string& place);

} // namespace lora
