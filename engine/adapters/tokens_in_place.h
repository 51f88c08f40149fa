#pragma once
// An adapter on an opened model: as on the model alone, and the tokenizer knows the adapter's new tokens as
// long as it is there.

#include "engine/adapters/adapter.h"
#include "engine/architectures/catalog.h"

namespace lora {

/// attach() of an adapter's updates and rows, and its tokens. Throws Error as that does, and for tokens that
/// are not the model's and that the adapter's folder does not name.
void attach(const Adapter& adapter, LoadedModel& loaded);
void detach(LoadedModel& loaded);

} // namespace lora
