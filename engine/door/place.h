#pragma once
// Where in a message something stands, for the words of a refusal. Made on the stack while a message is read.

#include <cstddef>
#include <string>

namespace lora {

struct Place {
    const Place* above = nullptr; ///< null: the message itself
    const char* names = "";       ///< what the parts of the one above are called: "run, record, seconds"
    std::size_t index = 0;        ///< which of them; of a list's items, where `names` is empty, the number

    /// "StepDone: record: loss"; "targets: item 3".
    std::string text() const;
};

/// The name at `index` of a list as the preprocessor leaves it: "run, record, seconds".
std::string name_at(const char* names, std::size_t index);

} // namespace lora
