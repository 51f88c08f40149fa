#include "engine/measures/memory_health.h"

#include "engine/machine/memory_words.h"

namespace lora {

std::optional<Alarm> MemoryHealth::add_step(
    std::int64_t step, std::int64_t held_bytes, std::int64_t free_bytes) {
    constexpr std::int64_t share = 20;
    if (told_ || free_bytes >= held_bytes / share) return std::nullopt;
    told_ = true;
    return Alarm{AlarmKind::MemoryNearEnd, {}, step,
        "Memory is nearly used up: " + memory_words(held_bytes) + " are held and " + memory_words(free_bytes)
            + " are free after step " + std::to_string(step) + ".",
        "Close other programs; or stop, and go on with smaller micro-batches or gradient checkpointing."};
}

} // namespace lora
