#include "app/verbs/chosen_result.h"

#include "engine/error.h"
#include "engine/files/store.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_record.h"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace lora {

namespace {

/// "30, 60".
std::string steps_of(const std::vector<Checkpoint>& checkpoints) {
    std::string words;
    for (const Checkpoint& each : checkpoints)
        words.append(words.empty() ? "" : ", ").append(std::to_string(each.step));
    return words.empty() ? "none" : words;
}

bool is_run(const std::filesystem::path& folder) {
    std::error_code absent;
    return std::filesystem::is_regular_file(settings_path(folder.string()), absent);
}

} // namespace

std::string chosen_result(const std::string& path, const std::string& checkpoint) {
    if (!is_run(path)) {
        if (!checkpoint.empty())
            fail("--checkpoint", shown(checkpoint), "none without a run's folder in the adapter's place");
        return path;
    }
    if (checkpoint.empty() || checkpoint == "last")
        return result_path(path, read_run_file(path).settings.method);
    if (checkpoint == "best") return need_best(read_run(path)).folder;
    const std::vector<Checkpoint> all = list_checkpoints(path);
    const auto chosen = std::find_if(all.begin(), all.end(),
        [&](const Checkpoint& each) { return std::to_string(each.step) == checkpoint; });
    if (chosen == all.end())
        fail("--checkpoint", shown(checkpoint), "last, best, or one of the steps " + steps_of(all));
    if (!manifest_holds(chosen->folder))
        fail(
            chosen->folder, "a damaged checkpoint", "one whose files are those that its manifest.json lists");
    return chosen->folder;
}

std::optional<std::string> run_of(const std::string& path) {
    constexpr int deepest = 3; // RUN/checkpoints/step-000050/adapter
    std::filesystem::path folder = std::filesystem::absolute(path).lexically_normal();
    for (int above = 0; above <= deepest; ++above, folder = folder.parent_path())
        if (is_run(folder)) return folder.string();
    return std::nullopt;
}

} // namespace lora
