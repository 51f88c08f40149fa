#pragma once
// The order of samples: a permutation that follows from a seed and the epoch alone, the same on every
// machine.

#include <cstdint>
#include <vector>

namespace lora {

/// A permutation of 0 … count − 1 (Fisher and Yates) from SplitMix64 seeded by (seed, epoch). `count`: below
/// 2³².
std::vector<std::uint32_t> permutation(std::size_t count, std::uint64_t seed, std::uint64_t epoch);

/// 64 well-mixed bits of two numbers. Source: the finalizer of SplitMix64, Steele et al. 2014.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b);

} // namespace lora
