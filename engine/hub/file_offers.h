#pragma once
// What of a repository can be opened, each with the files that it takes: a person chooses one before the
// download.

#include "engine/hub/wanted_files.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

struct FileOffer {
    std::string name;                       ///< for people: "safetensors", "data/train-*.parquet"
    std::vector<std::string> patterns = {}; ///< what fetch_repository is given; empty: its own choice
    std::vector<HubFile> files = {};
    std::string opens = {}; ///< a file, or a pattern of files, in the snapshot; empty: its folder

    std::uint64_t size_bytes() const; ///< of its files
};

/// Of a model its safetensors as one offer, then each GGUF file. Of a dataset each table or text, the parts
/// of one (train-00000-of-00002.parquet) together, what is called train first; then all tables of a folder.
/// Throws Error where nothing is to be opened, as wanted_files does.
std::vector<FileOffer> file_offers(const RepositoryInfo& info);

} // namespace lora
