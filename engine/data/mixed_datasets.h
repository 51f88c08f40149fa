#pragma once
// The sets of a mix: the samples of several datasets as one, each part by its weight.

#include "engine/data/dataset.h"

#include <stop_token>

namespace lora {

/// What load_datasets() gives for a mix to train on (mix_file.h): the samples of one epoch in mixed_order(),
/// and what is held out, where `eval_split` asks for it, of each part before it is mixed, unweighted. `goal`:
/// as for load_datasets(). train_rows counts for each part, and so does what is said to be left out as equal.
/// The classes are those of all parts. Throws as load_dataset().
TrainAndEval load_mix(const DataSettings& settings, const Tokenizer& tokenizer, const std::stop_token& stop,
    const Goal& goal, const ReadProgress& progress);

} // namespace lora
