#pragma once
// The activations of feed-forward halves without a gate.

namespace lora {

enum class Activation { Gelu, GeluTanh, Relu };

} // namespace lora
