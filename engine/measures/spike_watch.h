#pragma once
// Losses that stand out of the recent ones: single strange batches, and stretches of steps in which training
// was thrown off and came back.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace lora {

/// How far a loss must stand out follows from how far the recent ones lie apart, so that a noisy run needs a
/// larger one. A spike begins above that bound and is over half way back to the recent level; what does not
/// come back is no spike but a rise.
class SpikeWatch {
public:
    struct Spike {
        double level = 0;      ///< median of the losses before it
        double highest = 0;    ///< loss
        std::int64_t step = 0; ///< of the highest
        std::size_t steps = 0; ///< that it lasted so far
        double bound = 0;      ///< its logarithm lies so far above that of the level
        bool operator==(const Spike&) const = default;
    };

    /// A spike that should be told: at once from the second one on, since one alone may be a strange batch;
    /// one that lasted some steps when it is over.
    std::optional<Spike> add(std::int64_t step, double loss);
    /// One that lasts while the run ends.
    std::optional<Spike> unfinished() const;

private:
    std::optional<Spike> begun(std::int64_t step, double loss) const;
    std::optional<Spike> go_on(Spike& spike, std::int64_t step, double loss);
    void remember(double loss);

    std::deque<double> recent_; ///< logarithms of the last losses that are in no spike
    std::optional<Spike> now_;
    int spikes_ = 0;
    double first_ = 0; ///< mean loss of the first steps
    int steps_ = 0;    ///< that it is of
};

} // namespace lora
