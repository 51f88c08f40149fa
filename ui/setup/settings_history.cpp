#include "ui/setup/settings_history.h"

namespace lora {

namespace {

constexpr std::size_t mostSteps = 200;

std::optional<RunSettings> moveOne(
    std::vector<RunSettings>& from, std::vector<RunSettings>& to, const RunSettings& now) {
    if (from.empty()) return std::nullopt;
    to.push_back(now);
    RunSettings wanted = std::move(from.back());
    from.pop_back();
    return wanted;
}

} // namespace

void SettingsHistory::add(const RunSettings& before, const std::string& field) {
    undone_.clear();
    const bool goesOn = !field.empty() && field == field_ && !done_.empty();
    field_ = field;
    if (goesOn) return;
    if (!done_.empty() && done_.back() == before) return;
    done_.push_back(before);
    if (done_.size() > mostSteps) done_.erase(done_.begin());
}

std::optional<RunSettings> SettingsHistory::undo(const RunSettings& now) {
    field_.clear();
    return moveOne(done_, undone_, now);
}

std::optional<RunSettings> SettingsHistory::redo(const RunSettings& now) {
    field_.clear();
    return moveOne(undone_, done_, now);
}

} // namespace lora
