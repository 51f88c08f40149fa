#pragma once
// What the hub tells of a repository before anything is downloaded: its files, licence, gate, card.

#include "engine/hub/hub_client.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

struct HubFile {
    std::string name; ///< path inside the repository; checked
    std::uint64_t size_bytes = 0;
    /// The name of its contents, by which they are checked: their SHA-256 for a large file (LFS), else the id
    /// of git's blob.
    std::string etag;

    bool is_large() const { return etag.size() == 64; }
};

struct RepositoryInfo {
    Repository repository;
    std::string commit;  ///< what the revision is now
    std::string license; ///< as its card names it; empty: it does not
    std::string gate;    ///< empty: open to all; else "auto" or "manual", as access is granted
    bool is_private = false;
    std::int64_t downloads = 0; ///< of the last month
    std::int64_t likes = 0;
    std::vector<HubFile> files;

    std::uint64_t size_bytes() const; ///< of all files
};

/// One request. Throws Error; of what the hub says only names, sizes and ids that can be used are taken.
RepositoryInfo repository_info(HubClient& hub, const Repository& repository, const std::stop_token& stop);

/// The text of README.md, with the front matter; empty if it has none. Throws Error, also above one megabyte.
std::string repository_card(HubClient& hub, const RepositoryInfo& info, const std::stop_token& stop);

/// The address of a file at the commit, behind the endpoint.
std::string file_path(const RepositoryInfo& info, const std::string& file);

/// The licence in "license:…" of a hub's list of tags; empty if there is none.
std::string license_of_tags(const std::vector<std::string>& tags);

} // namespace lora
