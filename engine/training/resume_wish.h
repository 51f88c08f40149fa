#pragma once
// How a run that was interrupted is to go on, where not just as it was.

#include "engine/settings/settings.h"

#include <optional>

namespace lora {

struct ResumeWish {
    /// The run's settings with other values of those that may change (Setting::changes_on_resume); none: as
    /// they were.
    std::optional<RunSettings> settings = {};
    /// Go on although files of the model, the tokenizer or the data are not those that the run began with.
    bool other_files = false;
};

} // namespace lora
