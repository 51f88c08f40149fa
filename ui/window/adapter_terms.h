#pragma once
// The glossary's terms of the model and the adapter: parts, methods, and measures of an update.

#include "ui/window/glossary_terms.h"

#include <span>

namespace lora {

std::span<const GlossaryTerm> adapterTerms();

} // namespace lora
