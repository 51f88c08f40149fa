#pragma once
// The ranks that train one model together, as one of them sees them.

#include "engine/error.h"

#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

/// Another rank is gone, or cannot be heard: the message names it and says why.
class RankLost : public Error {
public:
    using Error::Error;
};

class RankGroup {
public:
    RankGroup(const RankGroup&) = delete;
    RankGroup& operator=(const RankGroup&) = delete;
    virtual ~RankGroup() = default;

    int rank() const { return rank_; }
    int size() const { return size_; }
    bool is_alone() const { return size_ == 1; }
    /// Whether this is rank 0, which alone writes.
    bool leads() const { return rank_ == 0; }
    /// Its number among the ranks on its machine, and how many those are.
    int local_rank() const { return local_rank_; }
    int local_size() const { return local_size_; }
    /// "rank 1 (process 4711 on node07)"
    const std::string& name() const { return name_; }

    /// Replaces the values by their sum over all ranks: the same bits on each, and the same for the same
    /// number of ranks. Contiguous. Every rank makes the same calls in the same order with tensors of the
    /// same shape and type. Throws RankLost within the time that the group was joined with; nothing can be
    /// done together after that.
    virtual void sum(at::Tensor& values) = 0;
    /// Tells the others that this rank ends, and why; what they do together throws RankLost from then on.
    /// Never throws.
    virtual void leave(const std::string& why) noexcept = 0;

protected:
    RankGroup(int rank, int size) : rank_(rank), size_(size) {}

    int rank_;
    int size_;
    int local_rank_ = 0;
    int local_size_ = 1;
    std::string name_;
};

/// A process on its own: sums are what they are.
std::unique_ptr<RankGroup> lone_rank();

/// Waits until all ranks have come this far.
void wait_for_all(RankGroup& group);
/// Whether any rank says so.
bool any_rank(RankGroup& group, bool said);
/// Rank 0's text, on every rank.
std::string text_of_leader(RankGroup& group, const std::string& text);
/// The values become rank 0's.
void take_values_of_leader(RankGroup& group, at::Tensor values);

} // namespace lora
