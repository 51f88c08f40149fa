#pragma once
// How far the reading of large data is, for people who wait for it.

#include "engine/data/dataset.h"

namespace lora {

/// Writes a line to the standard error every few seconds, with the time that is left; nothing of a reading
/// that takes less. `json`: as an event instead.
ReadProgress reading_lines(bool json);

} // namespace lora
