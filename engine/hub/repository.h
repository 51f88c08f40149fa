#pragma once
// Names on the hub: of a model or dataset, of a revision, of a file. Each becomes a path on this disk, so
// none is taken that could lead elsewhere.

#include <string>
#include <string_view>

namespace lora {

enum class RepositoryKind { Model, Dataset };

struct Repository {
    RepositoryKind kind = RepositoryKind::Model;
    std::string name;              ///< "org/name"; a few old ones have no "org/"
    std::string revision = "main"; ///< a branch, a tag or a commit
};

/// "model" or "dataset".
std::string_view word(RepositoryKind kind);

/// Whether a name can be one on the hub: one or two parts of letters, digits, `-_.`, at most 96 bytes each.
bool is_repository_name(std::string_view name);

/// Whether a text is so many lower-case hex digits, as digests are told.
bool is_hex(std::string_view text, std::size_t digits);

/// Whether a revision is a commit: 40 lower-case hex digits.
bool is_commit(std::string_view revision);

/// Throws Error if the name or the revision cannot be one.
void check_repository(const Repository& repository);

/// Throws Error if a file's name, as a server tells it, leads out of the folder that it is put into, or is
/// too long for a disk. `where` names who told it.
void check_file_name(std::string_view name, const std::string& where);

/// "models--org--name": the repository's folder in the cache.
std::string folder_name(const Repository& repository);

/// "/api/models/org/name".
std::string api_path(const Repository& repository);

/// "/org/name" or "/datasets/org/name": the page for people, and the beginning of each file's address.
std::string page_path(const Repository& repository);

/// `text` as a part of an address: every byte but letters, digits and `-_.~` becomes %XX; '/' stays if
/// `keeps_slashes`.
std::string percent_encoded(std::string_view text, bool keeps_slashes = false);

} // namespace lora
