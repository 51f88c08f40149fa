#include "ui/plots/curve_pyramid.h"

#include <algorithm>
#include <cmath>

namespace lora {

void CurvePyramid::clear() { *this = CurvePyramid(); }

CurvePyramid::Bucket CurvePyramid::joined(const Bucket& a, const Bucket& b) {
    const PlotPoint points[] = {a.first, a.second, b.first, b.second};
    const auto [low, high] = std::minmax_element(std::begin(points), std::end(points),
        [](const PlotPoint& left, const PlotPoint& right) { return left.y < right.y; });
    return low <= high ? Bucket{*low, *high} : Bucket{*high, *low};
}

void CurvePyramid::add(double x, double y) {
    if (!std::isfinite(y)) return;
    lowest_ = count_ == 0 ? y : std::min(lowest_, y);
    highest_ = count_ == 0 ? y : std::max(highest_, y);
    const Bucket point{{x, y}, {x, y}};
    std::size_t index = count_++;
    for (std::size_t level = 0;; ++level, index /= 2) {
        if (level == levels_.size()) {
            // The first bucket of a new level covers all that is there.
            levels_.emplace_back();
            if (level > 0) levels_[level].push_back(levels_[level - 1].front());
        }
        auto& buckets = levels_[level];
        if (index == buckets.size())
            buckets.push_back(point);
        else
            buckets[index] = joined(buckets[index], point);
        if (buckets.size() == 1) return;
    }
}

std::vector<PlotPoint> CurvePyramid::between(double from, double to, std::size_t limit) const {
    std::vector<PlotPoint> points;
    if (count_ == 0 || limit == 0) return points;
    const auto& single = levels_.front();
    const auto xBelow = [](const Bucket& bucket, double x) { return bucket.first.x < x; };
    const auto xAbove = [](double x, const Bucket& bucket) { return x < bucket.first.x; };
    auto begin = static_cast<std::size_t>(
        std::lower_bound(single.begin(), single.end(), from, xBelow) - single.begin());
    auto end =
        static_cast<std::size_t>(std::upper_bound(single.begin(), single.end(), to, xAbove) - single.begin());
    begin -= std::min<std::size_t>(begin, 1);
    end = std::max(begin, std::min(end + 1, count_));
    std::size_t level = 0;
    while ((end - begin) >> level > limit) ++level;
    level = std::min(level, levels_.size() - 1);
    const auto& buckets = levels_[level];
    const std::size_t last = std::min(((end - 1) >> level) + 1, buckets.size());
    for (std::size_t i = begin >> level; end > begin && i < last; ++i) {
        points.push_back(buckets[i].first);
        if (level > 0 && buckets[i].second != buckets[i].first) points.push_back(buckets[i].second);
    }
    return points;
}

std::vector<PlotPoint> CurvePyramid::all(std::size_t limit) const {
    if (count_ == 0) return {};
    return between(levels_.front().front().first.x, levels_.front().back().first.x, limit);
}

} // namespace lora
