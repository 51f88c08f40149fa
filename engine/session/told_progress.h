#pragma once
// How far the reading of data is, told to the window.

#include "engine/data/dataset.h"
#include "engine/worker/worker.h"

namespace lora {

/// Emits Progress from 0 on, at once and then each time it is called.
ReadProgress told_progress(Emit emit);

} // namespace lora
