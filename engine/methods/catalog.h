#pragma once
// From a method's word to the method: the only list of them that sees LibTorch.

#include "engine/methods/method.h"
#include "engine/methods/method_start.h"

#include <memory>

namespace lora {

/// A method on its model. Throws Error where the start does not fit the model or the method.
std::unique_ptr<Method> make_method(MethodStart start, Model& model);

} // namespace lora
