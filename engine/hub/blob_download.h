#pragma once
// One file of a repository into the cache: gone on with where it was cut off, checked while it comes, there
// as a whole or not at all.

#include "engine/hub/hub_cache.h"

#include <cstdint>
#include <functional>
#include <stop_token>

namespace lora {

/// How many bytes of the file lie here by now; falls where a file has to be begun anew.
using ShowBytes = std::function<void(std::uint64_t)>;

/// Bytes of the file that an earlier download left here, whole or in part.
std::uint64_t bytes_here(const CachedRepository& cached, const HubFile& file);

/// What has come lies in blobs/<digest>.incomplete until all has, and stays there over failures and stops. A
/// file whose digest is another is thrown away; where a part of it was from an earlier time, it is fetched
/// once more from its beginning. Throws DiskFull or Error.
void download_blob(HubClient& hub, const RepositoryInfo& info, const HubFile& file,
    const CachedRepository& cached, const ShowBytes& show, const std::stop_token& stop);

} // namespace lora
