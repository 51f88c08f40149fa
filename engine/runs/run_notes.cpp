#include "engine/runs/run_notes.h"

#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/files/store.h"

#include <algorithm>
#include <filesystem>

namespace lora {

std::string notes_path(const std::string& run_folder) { return run_folder + "/notes.json"; }

RunNotes read_notes(const std::string& run_folder) {
    const std::string path = notes_path(run_folder);
    std::error_code absent;
    if (!std::filesystem::exists(path, absent)) return {};
    const Json json = read_json(path);
    const JsonFields fields(json, path);
    return {fields.string_or("text", ""), fields.strings("tags"), fields.string_or("title", "")};
}

void write_notes(const std::string& run_folder, const RunNotes& notes) {
    const Json json = {{"text", notes.text}, {"tags", notes.tags}, {"title", notes.title}};
    const std::string written = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    if (const std::size_t most = JsonLimits().size_bytes; written.size() > most)
        fail(notes_path(run_folder), "notes of " + std::to_string(written.size()) + " bytes",
            "at most " + std::to_string(most) + ", so that they can be read again");
    write_file(notes_path(run_folder), written);
}

std::vector<std::string> tags_of(const std::string& text) {
    static constexpr const char* blank = " \t\n\r";
    std::vector<std::string> tags;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string piece = text.substr(begin, end - begin);
        begin = end + 1;
        const std::size_t first = piece.find_first_not_of(blank);
        if (first == std::string::npos) continue;
        std::string tag = piece.substr(first, piece.find_last_not_of(blank) - first + 1);
        if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(std::move(tag));
    }
    return tags;
}

std::string text_of(const std::vector<std::string>& tags) {
    std::string text;
    for (const std::string& tag : tags) text += (text.empty() ? "" : ", ") + tag;
    return text;
}

} // namespace lora
