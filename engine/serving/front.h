#pragma once
// The front of an engine: what `lora serve` is. It finds this user's engine on this machine or starts one,
// and carries bytes between it and standard input and output. Where the front is cut off, the engine goes on.

#include "engine/files/descriptor.h"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace lora {

class Front {
public:
    /// `start`: this program's words (without its name) that make it the engine. Throws Error where none can
    /// be reached.
    Front(std::string folder, const std::vector<std::string>& start);

    /// Carries until one of the two ends. Where it is the engine, how it ended, in words; empty: the other
    /// end did, or the engine lives.
    std::string carry(int input, int output);

private:
    bool start_engine(const std::vector<std::string>& start);
    std::string words_of_end() const;

    std::string folder_;
    std::optional<Descriptor> engine_;
    pid_t started_ = 0; ///< 0: it was there
};

} // namespace lora
