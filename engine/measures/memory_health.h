#pragma once
// Whether a run's memory nears its end, step by step.

#include "engine/measures/alarm.h"

#include <cstdint>
#include <optional>

namespace lora {

class MemoryHealth {
public:
    /// Bytes that the run's process or GPU holds after the step, and that it may still take. Tells once:
    /// where less is left than a batch that is a little longer may need, a twentieth of what is held.
    std::optional<Alarm> add_step(std::int64_t step, std::int64_t held_bytes, std::int64_t free_bytes);

private:
    bool told_ = false;
};

} // namespace lora
