#pragma once
// Where a process stands among those that train one model together. A rank is one of these processes.

#include <cstdint>
#include <optional>
#include <string>

namespace lora {

struct RankPlace {
    int rank = 0; ///< from 0; rank 0 leads: it alone writes and speaks
    int size = 1; ///< how many ranks there are
    /// Its number among the ranks on its machine, where whoever started it says so.
    std::optional<int> local_rank = std::nullopt;
    std::string host = {};    ///< where the ranks meet: a name or an address
    std::uint16_t port = 0;   ///< of that meeting
    bool leader_hosts = true; ///< rank 0 holds the meeting; else whoever started the ranks does
    std::string attempt = {}; ///< keeps the words of an earlier attempt at the same meeting apart
    bool one_machine = false; ///< all ranks are on one machine, as far as whoever started them says
};

} // namespace lora
