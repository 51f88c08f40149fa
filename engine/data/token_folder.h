#pragma once
// The folder that tokens are kept in stays within its bound.

#include <cstdint>
#include <string>

namespace lora {

/// Deletes files of tokens, those first that were not used for the longest time, until all of them together
/// have no more than `most_bytes`; `kept` stays whatever its size. What crashes left goes too. A process that
/// has a deleted file open keeps it until it ends.
void bound_token_files(const std::string& folder, std::uint64_t most_bytes, const std::string& kept);

} // namespace lora
