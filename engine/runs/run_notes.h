#pragma once
// What a person wrote beside a run: a title, a note and tags, in notes.json of the run's folder. Nothing else
// is kept there, so that a run's own files stay as training wrote them.

#include <string>
#include <vector>

namespace lora {

struct RunNotes {
    std::string text;
    std::vector<std::string> tags;
    std::string title = {}; ///< what the run is called in place of its folder's name; empty: that
    bool operator==(const RunNotes&) const = default;
};

std::string notes_path(const std::string& run_folder); ///< notes.json

/// Empty where there is no file. Throws Error if it cannot be understood.
RunNotes read_notes(const std::string& run_folder);
/// Replaces the file, atomically. Throws DiskFull or Error.
void write_notes(const std::string& run_folder, const RunNotes& notes);

/// Tags as a person types them, "small, first  try": split at commas, trimmed, empty and repeated ones left
/// out.
std::vector<std::string> tags_of(const std::string& text);
std::string text_of(const std::vector<std::string>& tags);

} // namespace lora
