#pragma once
// Where a run's time goes, by phase: a plain value that is passed to what it measures. A phase costs two
// looks at the clock, so that it is always measured.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace lora {

enum class Phase {
    Load,      ///< weights and tokenizer
    Dataset,   ///< reading and tokenizing
    Batch,     ///< samples → tensors
    Attention, ///< forward
    Mlp,       ///< forward
    Head,      ///< head and loss; their gradient where it is formed on the way
    Backward,
    Recorded, ///< forward and backward together, given to a GPU from a recording
    Optimizer,
    Other, ///< of a step, besides the above
    Spectra,
    Evaluation,
    Checkpoint,
};
inline constexpr std::size_t phase_count = 13;

/// "attention", as events write it.
std::string name(Phase phase);

struct PhaseTime {
    double seconds = 0;
    std::int64_t times = 0;
    bool operator==(const PhaseTime&) const = default;
};

struct Profile {
    std::array<PhaseTime, phase_count> phases;
    bool operator==(const Profile&) const = default;

    const PhaseTime& of(Phase phase) const { return phases[static_cast<std::size_t>(phase)]; }
    void add(Phase phase, double seconds);
    /// Of all phases together.
    double seconds() const;
};

/// Adds the time from here to the end of the scope to a phase; without a profile it does nothing.
class Timed {
public:
    Timed(Profile* profile, Phase phase)
        : profile_(profile), phase_(phase), begin_(std::chrono::steady_clock::now()) {}
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;
    ~Timed() {
        if (profile_ != nullptr)
            profile_->add(
                phase_, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count());
    }

private:
    Profile* profile_;
    Phase phase_;
    std::chrono::steady_clock::time_point begin_;
};

} // namespace lora
