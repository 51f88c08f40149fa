#pragma once
// A sample as it lies in a file, little-endian:
//
//   u32 tokens · u32 check · i64 line · i64 label · i64 second · u32 problem · u32 values ·
//   i32 ids[tokens] · f32 values[values] · u32 mask[⌈tokens / 32⌉], which samples with a label or values lack

#include "engine/data/example.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace lora {

void append_sample(std::string& bytes, const Example& example);

/// What ids and labels a file's samples may have: 0 … below it. A sample without a label has −1; one of
/// several classes or numbers has as many values as there are labels.
struct SampleBounds {
    std::int64_t ids = 0, labels = 0;
};

/// The sample that begins there; none where the bytes are too few, do not fit the key or the check, or say
/// something out of bounds.
std::optional<Example> sample_in(
    std::span<const std::byte> bytes, std::uint64_t key, const SampleBounds& bounds);

} // namespace lora
