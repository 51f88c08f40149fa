#pragma once
// What the scripted engine's model says to a prompt.

#include "engine/worker/messages.h"

#include <map>
#include <string>

namespace lora {

/// Of each pane that speaks.
std::map<std::int64_t, std::string> scripted_answers(const Generate& asked, bool adapted);
/// A piece as one token, that was said three times in four.
TextGenerated scripted_piece(std::int64_t pane, const std::string& piece, RequestId request);

} // namespace lora
