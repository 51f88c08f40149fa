#pragma once
// The activations of feed-forward branches, with a gate or without.

namespace lora {

enum class Activation { Silu, Gelu, GeluTanh, Relu, ReluSquared };

} // namespace lora
