#pragma once
// A run's events.jsonl: appended line by line, cut back at a resume.

#include "engine/files/json.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lora {

/// Appends one JSON object a line; each line reaches the file before append() returns.
class EventsLog {
public:
    /// Creates the file or goes on at its end. Throws Error.
    explicit EventsLog(const std::string& path);
    EventsLog(EventsLog&& other) noexcept;
    EventsLog(const EventsLog&) = delete;
    EventsLog& operator=(const EventsLog&) = delete;
    ~EventsLog();

    /// Throws DiskFull or Error.
    void append(const Json& event);

private:
    std::string path_;
    int descriptor_ = -1;
};

/// The events of a file, in order, up to the first line that is damaged.
struct SoundEvents {
    std::vector<Json> events;
    std::string fault; ///< the damaged line and what is wrong there; empty where none is
};

/// A last line that was cut off by a crash is left out and is no fault. A file that is absent has no events.
/// Throws Error where the file cannot be read.
SoundEvents read_events(const std::string& path);

/// Keeps the sound events for which `keep` is true, atomically; gives the fault that what followed was cut
/// for. Throws DiskFull or Error.
std::string keep_events(const std::string& path, const std::function<bool(const Json&)>& keep);

} // namespace lora
