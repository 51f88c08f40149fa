#pragma once
// Writing that survives a crash: a file or a whole folder appears complete or not at all.

#include "engine/error.h"
#include "engine/files/descriptor.h"
#include "engine/files/left_overs.h"
#include "engine/files/manifest.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

/// The disk is full. Apart from other errors, since a run stops by it with its last state kept (exit code 3).
class DiskFull : public Error {
public:
    using Error::Error;
};

/// Replaces `path` by `bytes`: written to `<path>.tmp-<random>`, synced, renamed over it, the folder synced.
/// What a killed process left of a write of this file is removed first. Throws DiskFull or Error; then the
/// old file is still there.
void write_file(const std::string& path, std::string_view bytes);

/// A folder that appears whole: files go into `<path>.tmp-<random>`, each synced; commit() writes
/// manifest.json (names, sizes, SHA-256) last, syncs, renames to `path` and syncs the parent. Without
/// commit() the destructor removes it. Staged folders that a killed process left for this path are removed
/// first.
class StagedFolder {
public:
    /// Throws Error if the parent cannot be written.
    explicit StagedFolder(std::string path);
    StagedFolder(const StagedFolder&) = delete;
    StagedFolder& operator=(const StagedFolder&) = delete;
    ~StagedFolder();

    /// `name` is one plain file name. Throws DiskFull or Error.
    void write(const std::string& name, std::string_view bytes);
    /// The pieces one after the other: a large file need not be in memory a second time.
    void write(const std::string& name, std::span<const std::string_view> pieces);
    /// Of a folder already at `path` the files that its manifest lists are replaced, or without a manifest
    /// those of the names that were written; whatever else lies there is kept. Throws DiskFull or Error, also
    /// where a file of somebody else has the name of a new one.
    void commit();

private:
    std::string path_;
    std::string staged_;
    std::vector<Temporary> temporaries_; // the folder, then its files
    std::optional<Descriptor> claim_;
    std::map<std::string, std::pair<std::size_t, std::string>> written_; // name → size, SHA-256
    bool committed_ = false;
};

/// A process's claim on a run folder (flock on `<folder>/.lock`), released with the object.
class FolderLock {
public:
    /// Throws Error naming the process that holds it.
    explicit FolderLock(const std::string& folder);
    FolderLock(FolderLock&& other) noexcept;
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock();

private:
    int descriptor_ = -1;
};

} // namespace lora
