#pragma once
// The steps of a write that survives a crash: a name nobody else has, a synced new file, a synced folder.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace lora {

/// `path` + `suffix` + 16 random hex digits, in the same folder as `path`.
std::string name_beside(const std::string& path, std::string_view suffix);

/// Whether a file or folder of this name is what a crash left of a write that was not done.
bool is_left_over(std::string_view name);

/// Removes what crashes left of writes that were not done, in the folder itself and as far as it can be
/// removed. The caller sees to it that nobody is writing there.
void remove_left_overs(const std::string& folder);

/// Removes a folder, as far as that can be done. It loses its name first, so that a crash in the middle
/// leaves what remove_left_overs() takes for a left-over, and no folder of that name with half of its files.
void remove_at_once(const std::string& folder);

/// The folder that holds `path`; "." for a bare name.
std::string parent_of(const std::string& path);

/// Creates a file that must not exist yet, writes the pieces one after the other and syncs it; gives its size
/// in bytes. What could not be written whole is removed again. Throws DiskFull or Error.
std::size_t write_new_file(const std::string& path, std::span<const std::string_view> pieces);
std::size_t write_new_file(const std::string& path, std::string_view bytes);

/// Writes the pieces one after the other into the new file that is open there and syncs it; gives its size in
/// bytes. Throws DiskFull or Error.
std::size_t write_synced(int descriptor, std::span<const std::string_view> pieces, const std::string& path);

/// Makes the names in `folder` last. Throws Error.
void sync_folder(const std::string& folder);

} // namespace lora
