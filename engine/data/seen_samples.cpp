#include "engine/data/seen_samples.h"

#include "engine/data/order.h"

#include <utility>

namespace lora {

namespace {

std::uint64_t key_of(const Example& example) {
    std::uint64_t key = mixed(example.ids.size(), label_key(example));
    for (std::size_t i = 0; i < example.ids.size(); ++i) {
        const bool learned = i > 0 && i < example.learned.size() && example.learned[i];
        key = mixed(key, 2 * static_cast<std::uint64_t>(example.ids[i]) + (learned ? 1 : 0));
    }
    return key == 0 ? 1 : key; // 0 is a free slot
}

} // namespace

std::size_t SeenSamples::slot_of(std::uint64_t key) const {
    std::size_t slot = key & (slots_.size() - 1);
    while (slots_[slot] != 0 && slots_[slot] != key) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
}

void SeenSamples::grow() {
    const std::vector<std::uint64_t> old =
        std::exchange(slots_, std::vector<std::uint64_t>(slots_.empty() ? 1024 : 2 * slots_.size()));
    for (const std::uint64_t key : old)
        if (key != 0) slots_[slot_of(key)] = key;
}

bool SeenSamples::knows(const Example& example) {
    ++taken_;
    if (4 * (kept_ + 1) > 3 * slots_.size()) grow();
    const std::uint64_t key = key_of(example);
    std::uint64_t& slot = slots_[slot_of(key)];
    if (slot == key) return true;
    if (kept_ == most) {
        if (overflow_at_ == 0) overflow_at_ = taken_ - 1;
        return false;
    }
    slot = key;
    ++kept_;
    return false;
}

} // namespace lora
