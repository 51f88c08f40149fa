#pragma once
// What a write that does not come to its end leaves behind: removed when a signal ends the process, and by
// the next writer where the process was killed.

#include <memory>
#include <string>

namespace lora {

/// A file or folder that lies there only while this lives; a folder is empty by the time that it goes, since
/// what is in it goes before.
class Temporary {
public:
    explicit Temporary(const std::string& path);
    Temporary(Temporary&& other) noexcept;
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary();

private:
    std::unique_ptr<const std::string> path_; ///< at an address that a signal's handler may read
};

/// From now on SIGINT, SIGTERM and SIGHUP remove every Temporary before they end the process.
void remove_temporaries_on_signals();

/// Removes folders `<path>.tmp-<random>` that no living process holds by claim_staged().
void remove_abandoned(const std::string& path);
/// Claims a staged folder for this process, as long as the descriptor stays open; -1 where the disk knows no
/// locks.
int claim_staged(const std::string& folder);

} // namespace lora
