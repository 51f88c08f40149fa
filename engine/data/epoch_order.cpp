#include "engine/data/epoch_order.h"

#include "engine/data/order.h"
#include "engine/data/packing.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace lora {

namespace {

// The order of packs is drawn apart from that of the samples in them.
constexpr std::uint64_t stream_of_packs = 0x9ac4;

std::vector<std::uint32_t> in_file_order(std::size_t count) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    return order;
}

} // namespace

EpochOrder::EpochOrder(const Samples& samples, std::int64_t pack_room, bool shuffle, std::uint64_t seed)
    : samples_(samples.size()), pack_room_(pack_room), shuffle_(shuffle), seed_(seed), places_(samples_) {
    if (pack_room_ == 0) return;
    std::map<std::int64_t, std::int64_t> counts;
    for (const Example& example : samples) {
        lengths_.push_back(static_cast<std::int64_t>(example.ids.size()));
        ++counts[lengths_.back()];
    }
    places_ = static_cast<std::size_t>(packed(counts, pack_room_).packs);
}

void EpochOrder::arrange(std::uint64_t epoch) {
    if (arranged_ == epoch) return;
    arranged_ = epoch;
    order_ = shuffle_ ? permutation(samples_, seed_, epoch) : in_file_order(samples_);
    if (pack_room_ == 0) return;
    packs_ = pack_samples(lengths_, order_, pack_room_);
    // By their first samples.
    std::sort(packs_.begin(), packs_.end());
    order_ = shuffle_ ? permutation(packs_.size(), mixed(seed_, stream_of_packs), epoch)
                      : in_file_order(packs_.size());
}

std::vector<std::vector<std::size_t>> EpochOrder::at(
    std::uint64_t epoch, std::size_t begin, std::size_t end) {
    arrange(epoch);
    std::vector<std::vector<std::size_t>> chosen;
    for (std::size_t place = begin; place < std::min(end, order_.size()); ++place) {
        const std::size_t number = order_[place];
        chosen.push_back(pack_room_ == 0 ? std::vector<std::size_t>{number} : packs_[number]);
    }
    return chosen;
}

} // namespace lora
