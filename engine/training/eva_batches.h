#pragma once
// EVA's start over a run's training set: the batches as the run will take them, until the directions stand
// still.

#include "engine/data/dataset.h"
#include "engine/methods/eva.h"
#include "engine/settings/settings.h"

#include <stop_token>

namespace lora {

/// The adapter as EVA begins it on these data. Throws Error where that cannot be; a stop too.
Adapter explained_start(Adapter adapter, const RunSettings& settings, Model& model, const Dataset& data,
    const std::stop_token& stop = {});

} // namespace lora
