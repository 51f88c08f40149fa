#pragma once
// The key and value list at the head of a GGUF file.

#include "engine/files/bytes.h"
#include "engine/files/gguf.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

/// A GGUF string: its length in 8 bytes, then as many bytes, at most `limit_bytes`. Throws Error.
std::string read_gguf_string(ByteReader& reader, std::uint64_t limit_bytes, std::string_view what);

struct GgufMetadata {
    std::map<std::string, GgufValue, std::less<>> values;
    std::vector<std::pair<std::string, std::span<const std::byte>>> raw; ///< GgufFile::raw()
};

/// `count` keys with their values. Throws Error that names the key: a key twice, a type that GGUF does not
/// define, an array longer than the file, a value that int64 cannot hold.
GgufMetadata read_gguf_metadata(ByteReader& reader, std::uint64_t count);

/// A value's kind and, where it is short, the value, for messages.
std::string described(const GgufValue& value);

} // namespace lora
