#pragma once
// What a write that does not come to its end leaves behind: removed when a signal ends the process, and by
// the next writer where the process was killed.

#include "engine/files/descriptor.h"

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

/// Removes files and folders `<path>.tmp-<random>` that no living process has claimed.
void remove_abandoned(const std::string& path);
/// Calls this with the path of each one that remove_abandoned() has removed. Before threads are made.
void tell_of_abandoned(void (*tell)(const std::string& path));

/// Makes a folder, which must not exist yet, and claims it for this process as long as the descriptor stays
/// open; a disk without locks knows no claims, and nothing there counts as abandoned. Throws DiskFull or
/// Error.
Descriptor make_claimed_folder(const std::string& path);
/// The same with an empty file, open for writing.
Descriptor make_claimed_file(const std::string& path);

} // namespace lora
