#pragma once
// The cache on this disk as huggingface_hub keeps it, so that each finds what the other fetched:
// models--org--name/blobs/<digest>, snapshots/<commit>/<file> as relative links to them, refs/<revision> with
// the commit. Source: "Understand caching" in huggingface_hub's guides.

#include "engine/files/descriptor.h"
#include "engine/hub/repository_info.h"

#include <optional>
#include <stop_token>
#include <string>

namespace lora {

/// Where a repository's files lie in the cache.
struct CachedRepository {
    std::string cache;  ///< the folder of all
    std::string folder; ///< the folder of this one
    CachedRepository(std::string cache_folder, const Repository& repository);

    std::string blob(const std::string& etag) const;
    std::string snapshot(const std::string& commit) const;
    std::string reference(const std::string& revision) const;
    std::string lock(const std::string& etag) const;
};

/// The folder of the revision as it was fetched last; nothing if it is not there. Asks no server.
std::optional<std::string> cached_snapshot(const std::string& cache, const Repository& repository);

/// `path` itself; but where nothing lies there and it is the name of a model that the cache holds, its
/// snapshot.
std::string local_model(const std::string& path);

/// Makes each of the files, whose blobs are there, a link in the commit's snapshot, and the revision that
/// commit. Throws Error, also where the disk knows no links.
void put_into_snapshot(
    const CachedRepository& cached, const RepositoryInfo& info, const std::vector<HubFile>& files);

/// Says to backup programs that the folder is a cache. Source: the Cache Directory Tagging Specification.
void tag_cache(const std::string& cache);

/// Held while one file is downloaded, against others that download it; huggingface_hub waits for it too.
class BlobLock {
public:
    /// Waits for others. Throws Error if `stop` is requested meanwhile.
    BlobLock(const std::string& path, const std::stop_token& stop);

private:
    Descriptor descriptor_;
};

} // namespace lora
