#pragma once
// Which of a repository's files are worth their download: what a model or dataset is opened from, and no
// pickle.

#include "engine/hub/repository_info.h"

#include <string>
#include <vector>

namespace lora {

struct WantedFiles {
    std::vector<HubFile> files;
    std::vector<HubFile> pickles; ///< matched by a pattern, and left out all the same
};

/// Without patterns: of a model config, tokenizer, card, licence, and the weights as safetensors, else its
/// one GGUF file; of a dataset its tables, texts, card and licence. With patterns (of a shell, * also over
/// '/'): the files that match any. Throws Error where nothing is left: only pickles, which are named and
/// refused, several GGUF files without a word which, no weights.
WantedFiles wanted_files(const RepositoryInfo& info, const std::vector<std::string>& patterns);

} // namespace lora
