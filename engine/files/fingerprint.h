#pragma once
// What tells a file from another one: its size and a digest of its contents, of a large file of samples of
// them.

#include <cstdint>
#include <string>

namespace lora {

/// Up to this size the digest is of the whole file.
constexpr std::int64_t most_digested_bytes = std::int64_t{32} << 20;

struct Fingerprint {
    std::int64_t size_bytes = 0;
    std::string sha256; ///< 64 lower-case hex digits
    /// Of 256 pieces of 16 KiB, evenly spaced, the first and the last ones of the file: a model of gigabytes
    /// takes milliseconds, and one that was trained on differs, but a change of few numbers goes unseen.
    bool sampled = false;
    bool operator==(const Fingerprint&) const = default;
};

/// Throws Error where the file cannot be read.
Fingerprint fingerprint_of(const std::string& path);

} // namespace lora
