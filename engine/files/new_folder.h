#pragma once
// Folders that somebody begins to work in.

#include <filesystem>
#include <functional>
#include <string>

namespace lora {

/// Makes the folder and those above it. Throws Error.
void make_folder(const std::string& folder);

/// Throws Error where something lies in the folder already.
void need_new_or_empty(const std::string& folder);

/// Makes a folder for a new `kind`, such as "run". One that is there must be empty, but for what
/// `says_nothing`, left by a start that was cut off. Throws Error.
void make_new_folder(const std::string& folder, const std::string& kind,
    const std::function<bool(const std::filesystem::path& left)>& says_nothing);

} // namespace lora
