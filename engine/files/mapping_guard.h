#pragma once
// Files that change while they are mapped. The system ends a process with SIGBUS when it reads what its file
// has lost, and shows what was written over a file in place without a word. Here the first becomes pages of
// zeros, and both are told by need_unchanged_files(), which whoever computes with mapped bytes asks before
// the result counts. It costs an open descriptor a mapping, and an fstat(2) each time it is asked.

#include "engine/files/descriptor.h"

#include <cstddef>
#include <span>
#include <string>

namespace lora {

/// Watches over a mapping of the whole of `file`, which stays open. Throws Error.
void guard_mapping(std::span<const std::byte> bytes, Descriptor file, const std::string& path);
/// To be called before the mapping that begins there goes.
void unguard_mapping(const std::byte* begin) noexcept;

/// Throws Error that names a file which has been cut short or written to since it was mapped, while it still
/// is. A file that another one has replaced under its name is none: its bytes stay.
void need_unchanged_files();
/// Whether it throws nothing.
bool files_are_unchanged();

} // namespace lora
