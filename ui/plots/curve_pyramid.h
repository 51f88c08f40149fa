#pragma once
// A curve of any length as few points as a plot can show: each level keeps the lowest and the highest value
// of twice as many points as the one below, so that no spike is lost and a million points cost no more to
// draw than a thousand.

#include <cstddef>
#include <vector>

namespace lora {

struct PlotPoint {
    double x = 0;
    double y = 0;
    bool operator==(const PlotPoint&) const = default;
};

class CurvePyramid {
public:
    void clear();
    /// x does not fall. A value that is not finite is left out.
    void add(double x, double y);

    std::size_t size() const { return count_; }
    double lowest() const { return lowest_; } ///< of all values; 0 if there is none
    double highest() const { return highest_; }
    double lastX() const { return count_ == 0 ? 0 : levels_.front().back().first.x; }

    /// The points with x in [from, to] and the nearest one at either side: all of them where they are at most
    /// `limit`, else two a bucket, lowest and highest, in the order they came. Never more than 2 · limit + 4.
    std::vector<PlotPoint> between(double from, double to, std::size_t limit) const;
    std::vector<PlotPoint> all(std::size_t limit) const;

private:
    struct Bucket {
        PlotPoint first; ///< of its lowest and highest value, the one that came first
        PlotPoint second;
        bool operator==(const Bucket&) const = default;
    };
    static Bucket joined(const Bucket& a, const Bucket& b);

    std::vector<std::vector<Bucket>> levels_; ///< level k: buckets of 2^k points, the last one may be short
    std::size_t count_ = 0;
    double lowest_ = 0;
    double highest_ = 0;
};

} // namespace lora
