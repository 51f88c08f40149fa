#include "ui/data/chip_places.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace lora {

void ChipPlaces::layOut(
    const std::vector<QSize>& sizes, const std::function<bool(std::size_t)>& breaks, int width, int line) {
    places_.clear();
    const int right = width - margin;
    int x = margin, y = margin;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        QSize size = sizes[i];
        size.setWidth(std::min(size.width(), std::max(1, right - margin)));
        if (x > margin && x + size.width() > right) {
            x = margin;
            y += line;
        }
        places_.emplace_back(QPoint(x, y), size);
        x += size.width() + gap;
        if (!breaks(i)) continue;
        x = margin;
        y += line;
    }
    height_ = y + line + margin;
}

std::size_t ChipPlaces::firstFrom(int top) const {
    const auto first = std::partition_point(
        places_.begin(), places_.end(), [top](const QRect& place) { return place.bottom() < top; });
    return static_cast<std::size_t>(first - places_.begin());
}

int ChipPlaces::at(const QPoint& point) const {
    const auto found = std::find_if(
        places_.begin(), places_.end(), [point](const QRect& place) { return place.contains(point); });
    return found == places_.end() ? -1 : static_cast<int>(found - places_.begin());
}

int ChipPlaces::across(int from, int lines) const {
    if (from < 0) return 0;
    const QRect here = of(from);
    int best = from;
    int line = here.top();
    for (int i = from; i >= 0 && i < static_cast<int>(places_.size()); i += lines) {
        const QRect& place = of(i);
        if (place.top() == here.top()) continue;
        if (line == here.top()) line = place.top();
        if (place.top() != line) break;
        const auto distance = [&](int other) {
            const QRect& there = of(other);
            return there.top() != line ? std::numeric_limits<int>::max()
                                       : std::abs(there.center().x() - here.center().x());
        };
        if (distance(i) < distance(best)) best = i;
    }
    return best;
}

} // namespace lora
