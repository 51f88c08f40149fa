#pragma once
// The glossary's terms of a run and of what the model then says: data, settings, losses, tokens.

#include "ui/window/glossary_terms.h"

#include <span>

namespace lora {

std::span<const GlossaryTerm> trainingTerms();

} // namespace lora
