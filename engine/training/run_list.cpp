#include "engine/error.h"
#include "engine/training/run_events.h"
#include "engine/training/run_folder.h"
#include "engine/training/run_record.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

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

/// The last step or done event among the whole lines of `text`, sought from its end.
std::optional<Json> last_step_in(std::string_view text) {
    while (!text.empty()) {
        const std::size_t newline = text.rfind('\n');
        const std::string_view line = newline == std::string_view::npos ? text : text.substr(newline + 1);
        text = text.substr(0, newline == std::string_view::npos ? 0 : newline);
        // The words are looked for first: spectra are long, and most lines are theirs.
        if (line.find("\"step\",") == std::string_view::npos
            && line.find("\"done\"") == std::string_view::npos)
            continue;
        auto event = parsed(line);
        const EventKind kind = event ? kind_of(*event) : EventKind::Other;
        if (kind == EventKind::Step || kind == EventKind::Done) return event;
    }
    return std::nullopt;
}

/// Looks at ever longer tails of the file, since spectra of many targets may follow a step.
std::optional<Json> last_step(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) return std::nullopt;
    const auto size = static_cast<std::int64_t>(file.tellg());
    for (std::int64_t tail = 1 << 18;; tail *= 8) {
        tail = std::min(tail, size);
        std::string text(static_cast<std::size_t>(tail), '\0');
        file.seekg(size - tail);
        if (!file.read(text.data(), tail)) return std::nullopt;
        auto event = last_step_in(text);
        if (event || tail == size) return event;
    }
}

RunListing listing_of(const std::string& folder) {
    RunListing listing;
    listing.folder = folder;
    listing.name = fs::path(folder).filename().string();
    listing.total_steps = read_run_file(folder).total_steps;
    if (const auto event = last_step(events_path(folder))) {
        listing.steps_done = step_of(*event).value_or(0);
        listing.finished = says_finished(*event);
    }
    listing.resumable = !listing.finished && !list_checkpoints(folder).empty() && !is_run_active(folder);
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
            found.emplace_back(last_change(run), listing_of(run));
        } catch (const Error&) {
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
