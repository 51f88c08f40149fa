#pragma once
// What the window starts with: the small model and the sample, ready to train by one click.

#include "engine/settings/settings.h"

#include <QString>
#include <optional>

namespace lora {

/// Folders that the window reads from and writes to.
struct Places {
    QString models; ///< $XDG_DATA_HOME/lora-workbench/models
    QString runs;   ///< $XDG_DATA_HOME/lora-workbench/runs
    QString sample; ///< the sample dataset; empty if it is not installed
};

/// The user's own folders, and the sample beside the sources or the executable.
Places findPlaces();

struct FirstRun {
    RunSettings settings; ///< `model` is empty if the small model has not been fetched
    QString prompt;       ///< a request in the sample's format, outside its training set
    std::int64_t maxNewTokens = 48;
};

FirstRun firstRun(const Places& places);

/// What is set up at a start: as it was at the last one; model and data of the first start where none were
/// named then.
RunSettings setUpAtStart(const FirstRun& first, const std::optional<RunSettings>& last);

} // namespace lora
