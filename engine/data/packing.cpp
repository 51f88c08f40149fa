#include "engine/data/packing.h"

#include <algorithm>

namespace lora {

namespace {

/// Packs by the room that is left in them.
class OpenPacks {
public:
    std::int64_t packs() const { return packs_; }

    /// Samples of one length, each into the fullest pack that has room for it, else into a new one.
    void take(std::int64_t length, std::int64_t samples, std::int64_t max_length) {
        for (auto next = room_.lower_bound(length); samples > 0 && next != room_.end();
             next = room_.lower_bound(length)) {
            const auto [room, packs] = *next;
            room_.erase(next);
            put(room, packs - fill(room, packs, length, samples));
        }
        if (samples > 0) packs_ += fill(max_length, samples, length, samples);
    }

private:
    void put(std::int64_t room, std::int64_t packs) {
        if (room > 0 && packs > 0) room_[room] += packs;
    }

    /// How many of these packs are needed. One that has taken a sample is now the fullest that takes another,
    /// so that each is filled before the next.
    std::int64_t fill(std::int64_t room, std::int64_t packs, std::int64_t length, std::int64_t& samples) {
        const std::int64_t each = room / length;
        const std::int64_t whole = std::min(packs, samples / each);
        put(room - each * length, whole);
        samples -= whole * each;
        if (whole == packs || samples == 0) return whole;
        put(room - samples * length, 1);
        samples = 0;
        return whole + 1;
    }

    std::map<std::int64_t, std::int64_t> room_; ///< tokens left → packs
    std::int64_t packs_ = 0;
};

} // namespace

Packing packed(const std::map<std::int64_t, std::int64_t>& lengths, std::int64_t max_length) {
    OpenPacks open;
    std::int64_t tokens = 0;
    for (auto each = lengths.rbegin(); each != lengths.rend(); ++each) {
        const std::int64_t length = std::min(each->first, max_length);
        if (length < 1) continue;
        tokens += length * each->second;
        open.take(length, each->second, max_length);
    }
    if (open.packs() == 0) return {};
    return {open.packs(),
        static_cast<double>(tokens) / (static_cast<double>(open.packs()) * static_cast<double>(max_length))};
}

std::vector<std::vector<std::size_t>> pack_samples(
    const std::vector<std::int64_t>& lengths, const std::vector<std::uint32_t>& order, std::int64_t room) {
    std::vector<std::uint32_t> longest_first = order;
    std::stable_sort(longest_first.begin(), longest_first.end(),
        [&](std::size_t one, std::size_t other) { return lengths[one] > lengths[other]; });
    std::vector<std::vector<std::size_t>> packs;
    std::map<std::int64_t, std::vector<std::size_t>> open; // tokens left → packs
    for (const std::size_t sample : longest_first) {
        const std::int64_t length = lengths[sample];
        std::int64_t left = room;
        std::size_t pack = packs.size();
        if (const auto fullest = open.lower_bound(length); fullest != open.end()) {
            left = fullest->first;
            pack = fullest->second.back();
            fullest->second.pop_back();
            if (fullest->second.empty()) open.erase(fullest);
        } else {
            packs.emplace_back();
        }
        packs[pack].push_back(sample);
        if (left > length) open[left - length].push_back(pack);
    }
    for (std::vector<std::size_t>& pack : packs) std::sort(pack.begin(), pack.end());
    return packs;
}

} // namespace lora
