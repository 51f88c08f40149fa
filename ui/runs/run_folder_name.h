#pragma once
// Where what begins now is kept.

#include "engine/settings/settings.h"

#include <QString>

namespace lora {

/// A folder in `parent` that does not exist yet: "2026-03-01 142530 subject".
QString newDatedFolder(const QString& parent, const QString& subject);

/// The folder of sweeps that belongs to this folder of runs.
QString sweepsBeside(const QString& runs);

/// Of a run: named by its dataset.
QString newRunFolder(const QString& runs, const RunSettings& settings);

} // namespace lora
