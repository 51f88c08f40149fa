#pragma once
// The files that a dataset's path names: one, all of a folder, all that fit a pattern, or those of a mix.

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// The files in the order of their names. Of a folder those that have the suffix of a format, its
/// descriptions (README.md, dataset_info.json, …) and hidden files left out; `*`, `?` and `[…]` stand for
/// letters of a name where no file has that very one. Of a mix (mix_file.h) those of all its parts. Throws
/// Error for none, for a folder that holds several splits (train-….parquet beside test-….parquet) and for
/// more than 100,000.
std::vector<std::string> files_of_dataset(const std::string& path);

/// Whether the path names a file at least. Throws nothing.
bool names_dataset_files(const std::string& path);

/// Whether it is a folder that holds files of rows; texts alone can be anything.
bool is_dataset_folder(const std::string& path);

/// Of one file its SHA-256; of several that of a list with the name and the SHA-256 of each, of a mix with
/// its own before them.
std::string sha256_of_dataset(const std::string& path);
std::int64_t size_of_dataset(const std::string& path); ///< bytes of all files

} // namespace lora
