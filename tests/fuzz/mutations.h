#pragma once
// Changes of an input that leave its structure: random bytes alone rarely get past a format's head. One
// change at a time; those of single bytes are libFuzzer's own.

#include "tests/fuzz/readers.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace lora::fuzz {

using Chance = std::mt19937_64;

/// From 0 to below `end`, which is at least 1.
std::size_t below(std::size_t end, Chance& chance);
/// A number that arithmetic is often wrong at: around powers of two, and small ones.
std::uint64_t awkward_number(Chance& chance);

/// A changed input; the same bytes where they are not of that shape.
std::string mutated(std::string_view bytes, Shape shape, Chance& chance);

std::string mutated_json(std::string_view text, Chance& chance);
std::string mutated_safetensors(std::string_view bytes, Chance& chance);
std::string mutated_gguf(std::string_view bytes, Chance& chance);
std::string mutated_protobuf(std::string_view bytes, Chance& chance);

} // namespace lora::fuzz
