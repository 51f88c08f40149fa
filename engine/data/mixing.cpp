#include "engine/data/mixing.h"

#include "engine/data/order.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

namespace lora {

namespace {

constexpr std::uint64_t stream_of_mixes = 0x317ed; // apart from the other orders of the same seed
constexpr double most_rounds = 1000;

/// One part on its way through an epoch.
class PartInTurn {
public:
    PartInTurn(std::size_t first, const MixedPart& part, std::size_t draws, std::uint64_t seed)
        : first_(first), samples_(part.samples), draws_(draws) {
        over_ = permutation(samples_, seed, stream_of_mixes);
        over_.resize(draws_ % samples_);
        std::sort(over_.begin(), over_.end());
    }

    bool is_over() const { return drawn_ == draws_; }
    /// Where its next draw stands in an epoch, from 0 to 1: the middle of its share.
    double place() const { return (static_cast<double>(drawn_) + 0.5) / static_cast<double>(draws_); }
    std::uint32_t draw() {
        const std::size_t at = drawn_++;
        const std::size_t whole = draws_ - over_.size();
        return static_cast<std::uint32_t>(first_ + (at < whole ? at % samples_ : over_[at - whole]));
    }

private:
    std::size_t first_, samples_, draws_;
    std::size_t drawn_ = 0;
    std::vector<std::uint32_t> over_; ///< of the last round, which is not whole
};

} // namespace

std::vector<std::size_t> draws_of(const std::vector<MixedPart>& parts, const std::string& where) {
    double epoch = 0; // draws for each weight of 1
    for (const MixedPart& part : parts)
        epoch = std::max(epoch, static_cast<double>(part.samples) / part.weight);
    std::vector<std::size_t> draws;
    double sum = 0;
    for (const MixedPart& part : parts) {
        const auto samples = static_cast<double>(part.samples);
        const double wanted = std::max(samples, std::round(epoch * part.weight));
        if (wanted > most_rounds * samples)
            fail(where,
                "weights by which a part of " + std::to_string(part.samples) + " samples comes "
                    + std::to_string(static_cast<std::int64_t>(std::min(wanted / samples, 1e15)))
                    + " times an epoch",
                "at most 1000 times", "choose weights nearer to the sizes of the parts");
        sum += wanted;
        if (sum > std::numeric_limits<std::uint32_t>::max())
            fail(where, "more than 2^32 samples in an epoch", "less",
                "choose weights nearer to the sizes of the parts");
        draws.push_back(static_cast<std::size_t>(wanted));
    }
    return draws;
}

std::vector<std::uint32_t> mixed_order(
    const std::vector<MixedPart>& parts, const std::vector<std::size_t>& draws, std::uint64_t seed) {
    std::vector<PartInTurn> turns;
    std::size_t first = 0, all = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        turns.emplace_back(first, parts[i], draws[i], mixed(seed, i));
        first += parts[i].samples;
        all += draws[i];
    }
    using Next = std::pair<double, std::size_t>; // place and part: of equal places the first part's
    std::priority_queue<Next, std::vector<Next>, std::greater<>> next;
    for (std::size_t i = 0; i < turns.size(); ++i) next.emplace(turns[i].place(), i);
    std::vector<std::uint32_t> order;
    order.reserve(all);
    while (!next.empty()) {
        const std::size_t part = next.top().second;
        next.pop();
        order.push_back(turns[part].draw());
        if (!turns[part].is_over()) next.emplace(turns[part].place(), part);
    }
    return order;
}

} // namespace lora
