#pragma once
// Which rows of a batch a rank works on.

#include <cstddef>
#include <vector>

namespace lora {

/// A micro-batch: rows [begin, end) of the batch.
struct BatchPart {
    std::size_t number = 0; ///< among all parts of the batch, whoever works on them
    std::size_t begin = 0;
    std::size_t end = 0;
    bool operator==(const BatchPart&) const = default;
};

/// How many parts a batch of `rows` is cut into.
std::size_t parts_of_batch(std::size_t rows, std::size_t accumulate, int size);

/// The parts of a batch of `rows` that this rank works on; none where there are fewer rows than ranks and
/// none is left for it. The batch is cut as one process cuts it with `accumulate` rounded up to a multiple of
/// `size`, so that n ranks compute what one process computes with that many micro-batches.
std::vector<BatchPart> share_of_batch(std::size_t rows, std::size_t accumulate, int rank, int size);

} // namespace lora
