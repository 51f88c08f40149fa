#pragma once
// The set-up's undo and redo: whole settings, one step for all that is typed into one field without a break.

#include "engine/run_settings/run_settings.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

class SettingsHistory {
public:
    /// `before` is about to be changed by what `field` names; an empty name is always a step of its own.
    void add(const RunSettings& before, const std::string& field);
    /// The settings of a step back or forth, `now` kept for the way back; none where there is none.
    std::optional<RunSettings> undo(const RunSettings& now);
    std::optional<RunSettings> redo(const RunSettings& now);
    bool canUndo() const { return !done_.empty(); }
    bool canRedo() const { return !undone_.empty(); }

private:
    std::vector<RunSettings> done_;
    std::vector<RunSettings> undone_;
    std::string field_; ///< of the last step
};

} // namespace lora
