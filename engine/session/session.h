#pragma once
// What the engine does for a window: one model, its adapter, at most one run and one generation. Knows no
// torch.

#include "engine/worker/worker.h"

namespace lora {

/// The work of a Worker: `Worker worker(open_session)`.
Work open_session(Emit emit);

} // namespace lora
