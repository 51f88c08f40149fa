#include "engine/ranks/share.h"

#include <algorithm>

namespace lora {

std::size_t parts_of_batch(std::size_t rows, std::size_t accumulate, int size) {
    const auto ranks = static_cast<std::size_t>(size);
    return std::min((accumulate + ranks - 1) / ranks * ranks, rows);
}

std::vector<BatchPart> share_of_batch(std::size_t rows, std::size_t accumulate, int rank, int size) {
    const auto ranks = static_cast<std::size_t>(size), own = static_cast<std::size_t>(rank);
    const std::size_t parts = parts_of_batch(rows, accumulate, size);
    std::vector<BatchPart> share;
    for (std::size_t part = own * parts / ranks; part < (own + 1) * parts / ranks; ++part)
        share.push_back({part, part * rows / parts, (part + 1) * rows / parts});
    return share;
}

} // namespace lora
