// The list of past runs, read from the ends of their events. Declared in run_record.h.

#include "engine/error.h"
#include "engine/files/descriptor.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_record.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include <unistd.h>

namespace lora {

namespace fs = std::filesystem;

namespace {

std::optional<Json> parsed(std::string_view line) {
    try {
        return parse_json(line, "events.jsonl");
    } catch (const Error&) {
        return std::nullopt; // the line a crash cut off
    }
}

/// What the end of a run's events tells.
struct LastEvents {
    std::optional<Json> step; ///< the last step or done event
    std::optional<double> loss;
    std::optional<double> evaluation;
    bool is_whole() const { return step && loss && evaluation; }
};

std::optional<double> loss_of(const Json& event) {
    const auto loss = event.find("loss");
    return loss != event.end() && loss->is_number() ? std::optional(loss->get<double>()) : std::nullopt;
}

/// Takes the whole lines of `text` from its end on, until everything is known.
LastEvents last_events_in(std::string_view text) {
    LastEvents last;
    while (!text.empty() && !last.is_whole()) {
        const std::size_t newline = text.rfind('\n');
        const std::string_view line = newline == std::string_view::npos ? text : text.substr(newline + 1);
        text = text.substr(0, newline == std::string_view::npos ? 0 : newline);
        // The words are looked for first: spectra are long, and most lines are theirs.
        const bool told = line.find("\"step\",") != std::string_view::npos
                          || line.find("\"done\"") != std::string_view::npos
                          || line.find("\"evaluation\"") != std::string_view::npos;
        const auto event = told ? parsed(line) : std::nullopt;
        const EventKind kind = event ? kind_of(*event) : EventKind::Other;
        if ((kind == EventKind::Step || kind == EventKind::Done) && !last.step) last.step = event;
        if (kind == EventKind::Step && !last.loss) last.loss = loss_of(*event);
        if (kind == EventKind::Evaluation && !last.evaluation) last.evaluation = loss_of(*event);
    }
    return last;
}

/// Looks at ever longer tails of the file, since spectra of many targets may follow a step; for a loss no
/// further than the second, and never at more than 64 MB.
LastEvents last_events(const std::string& path) {
    std::error_code absent;
    if (!fs::exists(path, absent)) return {};
    const RegularFile file = open_regular(path); // a pipe there would be waited for
    const auto size = static_cast<std::int64_t>(file.size_bytes);
    constexpr std::int64_t first = 1 << 17;
    constexpr std::int64_t second = first * 8;
    constexpr std::int64_t most = second * 64;
    for (std::int64_t tail = first;; tail *= 8) {
        tail = std::min(tail, size);
        if (::lseek(file.descriptor.number(), size - tail, SEEK_SET) < 0) return {};
        LastEvents last =
            last_events_in(read_up_to(file.descriptor.number(), static_cast<std::size_t>(tail), path));
        if (last.is_whole() || (last.step && tail >= second) || tail == size || tail >= most) return last;
    }
}

std::int64_t seconds_since_1970(fs::file_time_type time) {
    const auto since = fs::file_time_type::clock::to_sys(time).time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

RunNotes notes_of(const std::string& folder) {
    try {
        return read_notes(folder);
    } catch (const Error&) {
        return {}; // a list does not fall silent about a run because its note is broken
    }
}

RunListing listing_of(const std::string& folder) {
    RunListing listing;
    listing.folder = folder;
    listing.name = fs::path(folder).filename().string();
    RunFile file = read_run_file(folder);
    listing.settings = std::move(file.settings);
    listing.total_steps = file.total_steps;
    const LastEvents last = last_events(events_path(folder));
    if (last.step) {
        listing.steps_done = step_of(*last.step).value_or(0);
        listing.finished = says_finished(*last.step);
    }
    const bool told_its_end = last.step && kind_of(*last.step) == EventKind::Done;
    listing.loss = last.loss;
    listing.evaluation = last.evaluation;
    listing.notes = notes_of(folder);
    const bool could_go_on = !listing.finished && !is_run_active(folder);
    const bool has_checkpoint = !list_checkpoints(folder).empty();
    listing.resumable = could_go_on && has_checkpoint;
    listing.cut_off = could_go_on && !has_checkpoint && last.step && !told_its_end;
    return listing;
}

fs::file_time_type last_change(const std::string& folder) {
    std::error_code absent;
    const auto events = fs::last_write_time(events_path(folder), absent);
    if (!absent) return events;
    const auto settings = fs::last_write_time(settings_path(folder), absent);
    return absent ? fs::file_time_type::min() : settings;
}

} // namespace

std::vector<RunListing> list_runs(const std::string& folder) {
    std::vector<std::pair<fs::file_time_type, RunListing>> found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string run = entry->path().string();
        try {
            const auto changed = last_change(run);
            RunListing listing = listing_of(run);
            listing.changed = seconds_since_1970(changed);
            found.emplace_back(changed, std::move(listing));
        } catch (const std::exception&) {
            continue; // no run, or none that can be read
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first, a.second.name) > std::tie(b.first, b.second.name);
    });
    std::vector<RunListing> runs;
    for (auto& [time, listing] : found) runs.push_back(std::move(listing));
    return runs;
}

} // namespace lora
