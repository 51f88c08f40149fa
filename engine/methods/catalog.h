#pragma once
// From a method's word to the method: the only list of them.

#include "engine/methods/method.h"
#include "engine/methods/method_settings.h"

#include <memory>

namespace lora {

/// What a method begins with.
struct MethodStart {
    MethodKind kind = MethodKind::Lora;
    Adapter adapter; ///< targets in the model's order with ranks, α and first A; a classifier's head
};

/// A method on its model. Throws Error where the start does not fit the model.
std::unique_ptr<Method> make_method(MethodStart start, Model& model);

} // namespace lora
