#pragma once
// Where the tokens of large datasets are kept, and how much of them.

#include <cstdint>
#include <string>

namespace lora {

struct SampleCacheSettings {
    std::string folder;             ///< empty: nothing is kept
    std::uint64_t memory_bytes = 0; ///< up to so many bytes of tokens stay in memory and are not kept
    std::uint64_t folder_bytes = 0; ///< what all files of the folder may have together
};

/// From the environment: LORA_TOKENS (the folder, or "off"), else lora-workbench/tokens in XDG_CACHE_HOME or
/// ~/.cache; LORA_TOKENS_FROM_MB, else 16; LORA_TOKENS_MOST_GB, else 64. Throws Error for what is no number.
SampleCacheSettings sample_cache_settings();

} // namespace lora
