#pragma once
// The bell by which the thread that works wakes the one that serves.

#include "engine/files/wake_up.h"
#include "engine/worker/worker.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace lora {

/// Rung when there is news.
struct WorkBell {
    WakeUp wake;
    std::atomic<std::int64_t> attempted = 0; ///< the number of the last request that was
};

/// The same work, with the bell rung at each event and after each request.
Work with_bell(const std::function<Work(Emit)>& make_work, Emit emit, const std::shared_ptr<WorkBell>& bell);

} // namespace lora
