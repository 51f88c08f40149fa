#pragma once
// A folder of the engine's machine, for a person who looks for a model or data from elsewhere.

#include "engine/door/door_messages.h"

namespace lora {

/// Names, kinds and sizes; at most some thousand. What cannot be read is told as a fault.
FolderListed list_folder(const ListFolder& question);

} // namespace lora
