#pragma once
// adapter_config.json as PEFT would have written it for an adapter.

#include "engine/adapters/adapter.h"
#include "engine/checkpoints/summary.h"
#include "engine/files/json.h"

namespace lora {

/// The field target_modules: module names where they alone say it (PEFT matches path ends), whole paths
/// otherwise.
Json peft_target_modules(const Adapter& adapter, const ModelSummary& base_model);

/// What PEFT would have saved for this adapter on this model.
Json peft_config_json(const Adapter& adapter, const ModelSummary& base_model);

} // namespace lora
