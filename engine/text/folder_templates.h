#pragma once
// The chat templates that a Hugging Face folder carries, found where transformers looks for them.

#include "engine/files/json.h"
#include "engine/text/tokenizer.h"

#include <string>
#include <vector>

namespace lora {

/// chat_template.jinja and additional_chat_templates/*.jinja; where there are none, tokenizer_config.json's
/// chat_template, a text or a list of named ones. In the order of their names. Throws Error for a template
/// above 1 MiB, and for what is no template.
std::vector<NamedText> chat_templates_of(const std::string& folder, const JsonFields& tokenizer_config);

} // namespace lora
