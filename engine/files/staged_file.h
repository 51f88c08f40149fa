#pragma once
// A large new file that appears whole: written piece by piece, read again where one wants to, then given its
// name.

#include "engine/files/descriptor.h"
#include "engine/files/left_overs.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// The file grows in a folder `<path>.tmp-<random>`, under its own name; commit() syncs it, gives it its
/// place and syncs the folder there. Without commit() the destructor removes it; what a killed process left
/// for this path is removed first.
class StagedFile {
public:
    /// A file of `size_bytes`, zeros until they are written. Throws DiskFull where the disk has not so much
    /// room, Error where something lies at `path` or its folder cannot be written.
    StagedFile(std::string path, std::uint64_t size_bytes);
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;
    ~StagedFile();

    /// Where it lies until it is committed; it can be read there.
    const std::string& staged_path() const { return file_; }
    /// Behind what was written before. Throws DiskFull or Error.
    void write(std::string_view bytes);
    /// All of the file must have been written (asserted). Throws Error, also where something lies at the path
    /// by now.
    void commit();

private:
    void remove() noexcept;

    std::string path_, folder_, file_;
    std::uint64_t size_bytes_, written_bytes_ = 0;
    std::vector<Temporary> temporaries_; // the folder, then the file
    std::optional<Descriptor> claim_, descriptor_;
};

/// Throws Error where something lies at `path`.
void need_no_file(const std::string& path);

} // namespace lora
