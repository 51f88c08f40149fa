#pragma once
// How fast bytes come, over the last seconds.

#include <cstdint>
#include <deque>
#include <utility>

namespace lora {

class TransferPace {
public:
    void clear() { seen_.clear(); }
    /// So many bytes are here at this second; seconds and bytes grow, a fall of the bytes begins anew.
    void add(double second, std::uint64_t bytes) {
        constexpr double rememberedSeconds = 5;
        if (!seen_.empty() && bytes < seen_.back().second) clear();
        seen_.emplace_back(second, bytes);
        while (seen_.size() > 2 && second - seen_.front().first > rememberedSeconds) seen_.pop_front();
    }
    /// 0 as long as it is not known.
    double bytesPerSecond() const {
        constexpr double shortestSeconds = 0.5;
        if (seen_.empty()) return 0;
        const double seconds = seen_.back().first - seen_.front().first;
        if (seconds < shortestSeconds) return 0;
        return static_cast<double>(seen_.back().second - seen_.front().second) / seconds;
    }

private:
    std::deque<std::pair<double, std::uint64_t>> seen_; ///< second and bytes
};

} // namespace lora
