#pragma once
// The engine with LibTorch, for a program that does not link it.

#include "engine/worker/worker.h"

#include <functional>
#include <future>

namespace lora {

/// open_session() of lora-engine.so, which is loaded here. Throws Error where the library is not beside the
/// program.
Work open_engine(Emit emit);

/// open_engine() once `moment` has come, after a second at the latest. LibTorch takes a fifth of a second to
/// load, and whoever loads keeps Qt from loading its plugins: a window is drawn sooner before it.
std::function<Work(Emit)> open_engine_after(std::shared_future<void> moment);

} // namespace lora
