#pragma once
// A dataset's summary as it is kept beside its tokens.

#include "engine/data/summary.h"
#include "engine/files/json.h"

#include <string>

namespace lora {

/// Without the preview and the place where the tokens lie.
Json json_of(const DatasetSummary& summary);
/// Throws Error for what is none. `path`: how the dataset is called now.
DatasetSummary summary_of(const JsonFields& json, const std::string& path);

} // namespace lora
