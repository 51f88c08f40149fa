#pragma once
// What an answer of the hub that is not the wanted one means, and what to do about it. Source: the statuses
// and the headers X-Error-Code, X-Error-Message and Retry-After that huggingface_hub reads.

#include "engine/hub/hub_client.h"

namespace lora {

/// Throws TryAgain for 408, 429 and 5xx, Error for all others.
[[noreturn]] void refuse(const HttpAnswer& answer, const Subject& subject, const HubSettings& settings);

} // namespace lora
