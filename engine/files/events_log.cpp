#include "engine/files/events_log.h"

#include "engine/error.h"
#include "engine/files/descriptor.h"
#include "engine/files/json_text.h"
#include "engine/files/mapped_file.h"
#include "engine/files/store.h"

#include <cerrno>
#include <string_view>
#include <utility>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace {

constexpr JsonLimits line_limits = {16 << 20, 64};

struct Event {
    std::string_view line; ///< with its newline
    Json value;
};

struct ParsedLines {
    std::vector<Event> events;
    std::string fault; ///< of the line that follows them
};

bool is_absent(const std::string& path) {
    struct stat status = {};
    return ::stat(path.c_str(), &status) != 0 && errno == ENOENT;
}

std::string_view text_of(const MappedFile& file) {
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

/// The events of the file's whole lines up to a damaged one. The last line may have been cut off, with or
/// without a newline after it.
ParsedLines parse_lines(std::string_view text, const std::string& path) {
    ParsedLines parsed;
    std::int64_t number = 1;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n'), ++number) {
        const std::string_view line = text.substr(0, end + 1);
        text.remove_prefix(line.size());
        try {
            parsed.events.push_back({line, parse_json_at(line.substr(0, end), path, number, line_limits)});
        } catch (const Error& error) {
            if (!text.empty()) parsed.fault = error.what();
            break;
        }
    }
    return parsed;
}

off_t file_size(int descriptor, const std::string& path) {
    const off_t size = ::lseek(descriptor, 0, SEEK_END);
    if (size < 0) fail_system(path, errno, "a file that can be appended to");
    return size;
}

/// A line that a crash cut off would otherwise run into the next one.
void drop_cut_line(int descriptor, const std::string& path) {
    const MappedFile file(path);
    const auto text = text_of(file);
    const auto newline = text.rfind('\n');
    const std::size_t whole = newline == std::string_view::npos ? 0 : newline + 1;
    if (whole < text.size() && ::ftruncate(descriptor, static_cast<off_t>(whole)) != 0)
        fail_system(path, errno, "a file that can be written");
}

} // namespace

EventsLog::EventsLog(const std::string& path) : path_(path) {
    Descriptor descriptor =
        open_file(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, "a file that can be appended to");
    drop_cut_line(descriptor.number(), path);
    descriptor_ = descriptor.release();
}

EventsLog::EventsLog(EventsLog&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

EventsLog::~EventsLog() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void EventsLog::append(const Json& event) {
    const off_t before = file_size(descriptor_, path_);
    try {
        write_all(descriptor_, event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n", path_);
    } catch (const Error&) {
        // Half a line must not stay in front of the next; if even this fails, the reader leaves the line out.
        [[maybe_unused]] const int ignored = ::ftruncate(descriptor_, before);
        throw;
    }
}

SoundEvents read_events(const std::string& path) {
    SoundEvents sound;
    if (is_absent(path)) return sound;
    const MappedFile file(path);
    ParsedLines parsed = parse_lines(text_of(file), path);
    for (Event& event : parsed.events) sound.events.push_back(std::move(event.value));
    sound.fault = std::move(parsed.fault);
    return sound;
}

std::string keep_events(const std::string& path, const std::function<bool(const Json&)>& keep) {
    if (is_absent(path)) return {};
    std::string kept;
    const MappedFile file(path);
    const ParsedLines parsed = parse_lines(text_of(file), path);
    for (const Event& event : parsed.events)
        if (keep(event.value)) kept += event.line;
    write_file(path, kept);
    return parsed.fault;
}

} // namespace lora
