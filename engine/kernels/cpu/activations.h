#pragma once
// The activations' values and slopes, for loops that are compiled for several instruction sets: in an unnamed
// namespace, so that no copy for one processor is linked in place of another's. Source of the GELUs:
// Hendrycks and Gimpel 2016; of erf: Abramowitz and Stegun 7.1.26.

#include "engine/kernels/activation.h"
#include "engine/kernels/cpu/exponential.h"

namespace lora {

namespace {

/// An activation's value and its slope.
struct Point {
    float y, slope;
};

[[gnu::always_inline]] inline Point silu(float x) {
    const float s = 1.f / (1.f + exponential(-x));
    const float y = x * s;
    return {y, s + y * (1.f - s)};
}

// With Φ the normal distribution: x · Φ(x), and Φ(x) + x · φ(x). Both tails by the complement, so that
// neither cancels.
[[gnu::always_inline]] inline Point gelu(float x) {
    const float size = (x < 0 ? -x : x) * 0.70710678f;
    const float t = 1.f / (1.f + 0.3275911f * size);
    const float density = exponential(-size * size);
    const float tail =
        t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))))
        * density;
    const float below = 0.5f * (x < 0 ? tail : 2.f - tail);
    return {x * below, below + x * density * 0.39894228f};
}

[[gnu::always_inline]] inline Point gelu_tanh(float x) {
    constexpr float root = 0.79788456f, cubic = 0.044715f;
    const float inner = root * (x + cubic * x * x * x);
    const float e = exponential(-2.f * inner);
    const float above = 1.f / (1.f + e), below = e * above; // (1 ± tanh) / 2, neither by a difference
    return {x * above, above + 2.f * x * above * below * root * (1.f + 3.f * cubic * x * x)};
}

[[gnu::always_inline]] inline Point relu(float x) { return {x > 0 ? x : 0, x > 0 ? 1.f : 0.f}; }

[[gnu::always_inline]] inline Point relu_squared(float x) {
    const float above = x > 0 ? x : 0;
    return {above * above, 2.f * above};
}

template <Activation activation>
[[gnu::always_inline]] inline Point point(float x) {
    if constexpr (activation == Activation::Silu) return silu(x);
    if constexpr (activation == Activation::Gelu) return gelu(x);
    if constexpr (activation == Activation::GeluTanh) return gelu_tanh(x);
    if constexpr (activation == Activation::ReluSquared) return relu_squared(x);
    return relu(x);
}

/// The activation as a constant, which its loop is compiled for.
template <Activation activation>
struct Fixed {
    static constexpr Activation value = activation;
};

/// Calls work(Fixed<activation>{}).
template <class Work>
void with_activation(Activation activation, const Work& work) {
    switch (activation) {
    case Activation::Silu: return work(Fixed<Activation::Silu>{});
    case Activation::Gelu: return work(Fixed<Activation::Gelu>{});
    case Activation::GeluTanh: return work(Fixed<Activation::GeluTanh>{});
    case Activation::Relu: return work(Fixed<Activation::Relu>{});
    case Activation::ReluSquared: return work(Fixed<Activation::ReluSquared>{});
    }
}

} // namespace

} // namespace lora
