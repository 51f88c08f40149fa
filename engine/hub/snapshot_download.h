#pragma once
// Files of a repository into the cache, several at the same time, and the folder that a model opens from.

#include "engine/hub/wanted_files.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

struct DownloadProgress {
    std::uint64_t done_bytes = 0; ///< here, those of earlier times with them
    std::uint64_t total_bytes = 0;
    std::size_t done_files = 0;
    std::size_t total_files = 0;
    std::string file; ///< of which bytes came last
};

/// Comes from any thread, one at a time, at most ten times a second and at the end of each file.
using ShowProgress = std::function<void(const DownloadProgress&)>;

/// Gives the snapshot's folder, which gets its new links once all files are there. What fails or is stopped
/// leaves what has come for the next call. Throws DiskFull, also before the first byte where the disk has too
/// little room; Error, also if `stop` is requested.
std::string download_snapshot(const HubSettings& settings, const RepositoryInfo& info,
    const std::vector<HubFile>& files, const ShowProgress& show, const std::stop_token& stop);

struct FetchNews {
    std::function<void(const RepositoryInfo&, const WantedFiles&)> begins = {}; ///< before the first byte
    ShowProgress progress = {};
};

/// All of it: asks what there is, chooses (wanted_files), downloads; gives the folder. With HF_HUB_OFFLINE,
/// what the cache holds. Throws as download_snapshot.
std::string fetch_repository(const HubSettings& settings, const Repository& repository,
    const std::vector<std::string>& patterns, const FetchNews& news, const std::stop_token& stop);

} // namespace lora
