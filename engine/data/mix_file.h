#pragma once
// A mix: a small JSON file, NAME.mix.json, that names datasets and what each of them counts for,
//
//   {"mix": [{"data": "chats.jsonl", "weight": 3}, {"data": "facts/*.parquet", "weight": 1}]}
//
// It is given wherever a dataset's path is: to train on by its weights, elsewhere each row once. Paths that
// are not absolute lie beside it.

#include <string>
#include <vector>

namespace lora {

struct MixPart {
    std::string path; ///< a file, a folder or a pattern, as of any dataset
    double weight = 1;
};

/// By its name alone.
bool is_mix_file(const std::string& path);

/// At least one part. Throws Error for what is not read: other fields, weights that are not above 0, a mix in
/// a mix, the same path twice.
std::vector<MixPart> read_mix(const std::string& path);

/// "a mix of 75.0 % chats.jsonl and 25.0 % facts": the shares of the samples of an epoch.
std::string mix_words(const std::vector<MixPart>& parts);

} // namespace lora
