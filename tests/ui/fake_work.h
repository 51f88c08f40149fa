#pragma once
// A work that answers every command from a script, with plausible numbers and no model: for tests of the
// window.

#include "engine/worker/worker.h"
#include "tests/ui/fake_script.h"

#include <memory>

namespace lora {

/// SmolLM2-135M's linears: 30 blocks of hidden size 576, key/value size 192, feed-forward size 1536.
ModelSummary smollm2_summary();

/// Samples with a learned part; `cut` of them are said to be cut.
DatasetSummary sample_summary(std::int64_t samples, std::int64_t cut);

/// To be given to a Worker as `[script](Emit emit) { return fake_work(std::move(emit), script); }`.
Work fake_work(Emit emit, std::shared_ptr<FakeScript> script);

} // namespace lora
