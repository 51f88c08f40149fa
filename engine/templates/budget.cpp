#include "engine/templates/budget.h"

namespace lora::jinja {

void Budget::refuse_steps() const {
    throw Refusal{"a template that is not done after so many steps",
        "at most " + std::to_string(limits_.steps) + " steps"};
}

void Budget::refuse_bytes() const {
    throw Refusal{
        "a template that makes too much text", "at most " + std::to_string(limits_.bytes) + " bytes"};
}

void Budget::refuse_depth() const {
    throw Refusal{"statements, expressions or macros too deep in each other",
        "at most " + std::to_string(limits_.depth) + " levels"};
}

} // namespace lora::jinja
