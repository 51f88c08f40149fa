#pragma once
// The words of the field as this window uses them.

#include <vector>

namespace lora {

struct GlossaryTerm {
    const char* term;
    const char* words; ///< two sentences: what it is, and what it means for who trains
    const char* paper; ///< where it is from; may be empty
};

/// In alphabetical order.
const std::vector<GlossaryTerm>& glossaryTerms();

} // namespace lora
