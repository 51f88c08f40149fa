#pragma once
// The desktop's trash, for a run's folder.

#include <QString>

namespace lora {

/// Whether it could be done; else the folder stays where it is.
bool putIntoTrash(const QString& folder);

} // namespace lora
