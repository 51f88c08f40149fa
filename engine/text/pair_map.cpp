#include "engine/text/pair_map.h"

#include <algorithm>
#include <bit>

namespace lora {

namespace {

std::uint64_t packed(TokenId left, TokenId right) {
    return (std::uint64_t{static_cast<std::uint32_t>(left)} << 32U) | static_cast<std::uint32_t>(right);
}

// The finalizer of SplitMix64: neighbouring ids must not become neighbouring slots.
std::uint64_t mixed(std::uint64_t value) {
    value ^= value >> 30U;
    value *= 0xBF58476D1CE4E5B9U;
    value ^= value >> 27U;
    value *= 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

} // namespace

PairMap::PairMap(std::size_t count) : slots_(std::bit_ceil(count * 2 + 1)), mask_(slots_.size() - 1) {}

std::size_t PairMap::slot_of(std::uint64_t pair) const {
    std::uint64_t at = mixed(pair) & mask_;
    while (slots_[at].pair != empty && slots_[at].pair != pair) {
        at = (at + 1) & mask_;
    }
    return at;
}

void PairMap::set(TokenId left, TokenId right, Merge merge) {
    const std::uint64_t pair = packed(left, right);
    slots_[slot_of(pair)] = {pair, merge};
}

const Merge* PairMap::find(TokenId left, TokenId right) const {
    if (slots_.empty()) {
        return nullptr;
    }
    const Slot& slot = slots_[slot_of(packed(left, right))];
    return slot.pair == empty ? nullptr : &slot.merge;
}

std::vector<MergingPair> PairMap::by_rank() const {
    std::vector<MergingPair> pairs;
    for (const Slot& slot : slots_) {
        if (slot.pair != empty) {
            pairs.push_back({static_cast<TokenId>(slot.pair >> 32U),
                static_cast<TokenId>(slot.pair & 0xFFFFFFFFU), slot.merge});
        }
    }
    std::sort(pairs.begin(), pairs.end(),
        [](const MergingPair& a, const MergingPair& b) { return a.merge.rank < b.merge.rank; });
    return pairs;
}

} // namespace lora
