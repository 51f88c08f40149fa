#pragma once
// What an answer of the hub that is not the wanted one means, and what to do about it. Source: the statuses
// and the headers X-Error-Code, X-Error-Message and Retry-After that huggingface_hub reads.

#include "engine/hub/hub_client.h"

namespace lora {

/// Throws TryAgain for 408, 429 and 5xx, Error for all others.
[[noreturn]] void refuse(const HttpAnswer& answer, const Subject& subject, const HubSettings& settings);

/// The same of a host to which the hub redirects: 401 and 403 of it say that its signed address has run out,
/// and throw TryAgain, as the hub gives a new one. Does nothing for other answers.
void refuse_elsewhere(const HttpAnswer& answer, const Subject& subject, const std::string& host);

} // namespace lora
