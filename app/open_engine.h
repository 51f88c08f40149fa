#pragma once
// The engine with LibTorch, for a program that does not link it.

#include "engine/worker/worker.h"

namespace lora {

/// open_session() of lora-engine.so, which is loaded here: LibTorch takes a fifth of a second, and the window
/// is built in the meantime. Throws Error where the library is not beside the program.
Work open_engine(Emit emit);

} // namespace lora
