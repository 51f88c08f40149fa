#pragma once
// Compressed files, expanded stretch by stretch: gzip (RFC 1952) and Zstandard (RFC 8878), of one part or of
// several put together. What a small file may expand to has a limit.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// Bytes that come one stretch after the other.
class ByteStream {
public:
    ByteStream() = default;
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;
    virtual ~ByteStream() = default;

    /// Writes the next bytes to the front of `into` and gives their number, 0 at the end alone.
    /// Throws Error with the file's name where they are damaged, cut off, or far more than the file promises.
    virtual std::size_t read(std::span<char> into) = 0;
};

struct Compression {
    const char* name;        ///< "gzip"
    const char* suffix;      ///< of a file's name, without the dot: "gz"
    std::string_view begins; ///< what such a file begins with
    /// The bytes outlive the stream.
    std::unique_ptr<ByteStream> (*open)(std::string_view bytes, const std::string& path);
};

const std::vector<Compression>& compressions();

/// The one that these bytes begin as; null if they do not.
const Compression* compression_of(std::string_view bytes);

/// Throws Error where `expanded` bytes are too many to have come from `compressed` ones of an honest file.
void check_expansion(std::size_t compressed, std::size_t expanded, const std::string& path);

} // namespace lora
