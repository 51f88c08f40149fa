#pragma once
// What the hub has under some words.

#include "engine/hub/hub_client.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

struct FoundRepository {
    std::string name;
    std::int64_t downloads = 0; ///< of the last month
    std::int64_t likes = 0;
    std::string license; ///< empty: not told
    bool is_gated = false;
    std::int64_t stored_bytes = 0; ///< all that it keeps there, earlier versions too; 0: not told
};

/// The most downloaded first, at most `limit`. Throws Error.
std::vector<FoundRepository> search_hub(
    HubClient& hub, RepositoryKind kind, const std::string& words, int limit, const std::stop_token& stop);

} // namespace lora
