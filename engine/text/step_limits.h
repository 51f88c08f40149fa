#pragma once
// How far a tokenizer's steps may go: they come from a file nobody vouches for.

#include <cstddef>

namespace lora {

constexpr std::size_t most_steps = 32;

/// The bytes that a text of so many may grow to. A single letter's compatibility form can take eleven times
/// its bytes, and a short text may get a prefix that is longer than itself.
constexpr std::size_t most_grown(std::size_t bytes) { return 16 * bytes + (std::size_t{64} << 10); }

/// Throws Error where a text of `before` bytes has grown to more than most_grown().
void check_growth(std::size_t bytes, std::size_t before);

} // namespace lora
