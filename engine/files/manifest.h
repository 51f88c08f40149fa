#pragma once
// manifest.json: what a folder of ours holds, each file with its size and SHA-256.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

inline constexpr std::string_view manifest_name = "manifest.json";
inline constexpr std::int64_t manifest_version = 1;

/// The names that the folder's manifest lists, and its own; none where there is no manifest of ours.
std::optional<std::set<std::string>> names_listed(const std::string& folder);

/// What lies in a folder under none of these names. Throws Error where it cannot be read.
std::vector<std::string> others_in(const std::string& folder, const std::set<std::string>& names);

/// Whether the folder's manifest.json is there and lists files, each of which lies in the folder itself, with
/// its size and SHA-256, and whether it lists every .json and .safetensors file that lies there.
bool manifest_holds(const std::string& folder);

/// Whether `name` is one plain file name: letters, digits, `._-`, no leading dot, at most 255 bytes.
bool is_plain_file_name(std::string_view name);

} // namespace lora
