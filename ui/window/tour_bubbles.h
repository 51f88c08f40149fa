#pragma once
// What the first tour says, and which part of the window each of its bubbles points at.

#include <span>

namespace lora {

struct TourBubble {
    const char* anchor; ///< objectName
    const char* title;
    const char* words;
};

/// In the order of the tour.
std::span<const TourBubble> tourBubbles();

} // namespace lora
