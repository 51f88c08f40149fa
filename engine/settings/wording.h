#pragma once
// The engine's sentences in the words of who shows them. A setting is named in them by its path in braces,
// "{training.lr}", and a value of one as "{method=full}".

#include "engine/run_settings/fault.h"

#include <string>

namespace lora {

/// For the command: "--lr", "--method full".
std::string in_options(const std::string& text);
/// For the window: "Learning rate", "Method “Full fine-tuning”".
std::string in_labels(const std::string& text);

/// "{training.lr}: found 0, expected a number above 0".
std::string sentence(const Fault& fault);

} // namespace lora
