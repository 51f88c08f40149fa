#pragma once
// What a model is there to learn.

namespace lora {

enum class Task {
    NextToken,      ///< the token after each
    Classification, ///< one of a list of labels for a whole text
};

} // namespace lora
