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

/// All events of the file, in order. A last line that was cut off by a crash is left out; any other line that
/// does not parse is an Error with its number. A file that is absent has no events.
std::vector<Json> read_events(const std::string& path);

/// Keeps the events for which `keep` is true, atomically. Throws DiskFull or Error.
void keep_events(const std::string& path, const std::function<bool(const Json&)>& keep);

} // namespace lora
