#include "engine/measures/memory_health.h"

#include "engine/measures/number_words.h"

namespace lora {

namespace {

std::string size_words(std::int64_t bytes) {
    const auto value = static_cast<double>(bytes);
    return value < 1e9 ? number_words("%.0f MB", value / 1e6) : number_words("%.2f GB", value / 1e9);
}

} // namespace

std::optional<Alarm> MemoryHealth::add_step(
    std::int64_t step, std::int64_t held_bytes, std::int64_t free_bytes) {
    constexpr std::int64_t share = 20;
    if (told_ || free_bytes >= held_bytes / share) return std::nullopt;
    told_ = true;
    return Alarm{AlarmKind::MemoryNearEnd, {}, step,
        "Memory is nearly used up: " + size_words(held_bytes) + " are held and " + size_words(free_bytes)
            + " are free after step " + std::to_string(step) + ".",
        "Close other programs; or stop, and go on with smaller micro-batches or gradient checkpointing."};
}

} // namespace lora
