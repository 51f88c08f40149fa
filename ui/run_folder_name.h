#pragma once
// Where a new run is kept.

#include "engine/training/settings.h"

#include <QString>

namespace lora {

/// A folder in `runs` that does not exist yet: "2026-03-01 142530 commands".
QString newRunFolder(const QString& runs, const RunSettings& settings);

} // namespace lora
