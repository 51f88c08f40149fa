#pragma once
// Where the chips of a row stand: side by side as letters are, line beneath line; which one is at a point,
// and which is next above or beneath another.

#include <QPoint>
#include <QRect>
#include <QSize>
#include <cstddef>
#include <functional>
#include <vector>

namespace lora {

/// In pixels from the top left of them all.
class ChipPlaces {
public:
    static constexpr int margin = 8; ///< around them all
    static constexpr int gap = 3;    ///< between two

    /// Chips of these sizes in lines that are `line` apart and fit into `width`; a new one too behind each
    /// chip that `breaks`.
    void layOut(
        const std::vector<QSize>& sizes, const std::function<bool(std::size_t)>& breaks, int width, int line);
    /// Of all, with their margins.
    int height() const { return height_; }
    const QRect& of(int chip) const { return places_.at(static_cast<std::size_t>(chip)); }
    /// The first chip that reaches down to `top` or beyond; their number where none does.
    std::size_t firstFrom(int top) const;
    /// −1: none.
    int at(const QPoint& point) const;
    /// The nearest chip of the line above (`lines` −1) or beneath (1) that of `from`; the first one where
    /// `from` is none.
    int across(int from, int lines) const;

private:
    std::vector<QRect> places_;
    int height_ = 0;
};

} // namespace lora
