#pragma once
// Whether bytes are one whole CBOR value of the plain kinds that the door sends, found out without recursion
// and before anything is built from them: the library's reader follows nested texts and lists as deep as they
// go. Format: RFC 8949.

#include <cstddef>
#include <string>
#include <string_view>

namespace lora {

struct CborLimits {
    std::size_t depth = 32;
    std::size_t values = 8 << 20; ///< all together, lists and their items; each takes some 20 to 60 bytes
};

/// Throws Error naming `where` and the byte: for what is cut off or goes on behind its end, for a limit that
/// is passed, and for byte strings, tags, keys that are no texts, lengths that are not told and simple values
/// other than true, false and null.
void check_cbor(std::string_view bytes, const std::string& where, CborLimits limits = {});

} // namespace lora
