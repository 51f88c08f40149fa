#pragma once
// What stands on the model, for people.

#include "engine/worker/messages.h"

#include <QString>

namespace lora {

/// Its name, and the step of its training where that is known: "my-run, step 30".
QString adapterWords(const AdapterChanged& adapter);

} // namespace lora
