#pragma once
// Engines for a monkey: each window's another one, at times slow and at times unwilling.

#include "engine/worker/worker.h"

#include <QString>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace lora {

/// What the engine said last, to be compared with what the window shows.
using LastSaid = std::shared_ptr<std::atomic<EngineState>>;

/// The scripted one, another script at each call: runs that fail, pause, raise alarms, and some commands
/// refused. A run's folder gets a past run's files, so that there is something to damage.
std::function<Work(Emit)> restlessScript(std::uint64_t seed, LastSaid said);

/// `engine`, slow at times.
std::function<Work(Emit)> restless(std::function<Work(Emit)> engine, std::uint64_t seed, LastSaid said);

} // namespace lora
