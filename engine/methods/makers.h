#pragma once
// How each method is made and attached to its model, a line each. Each is defined in its method's file; all
// throw Error for a start that does not fit the model.

#include "engine/methods/method.h"
#include "engine/methods/method_start.h"

#include <memory>

namespace lora {

std::unique_ptr<Method> make_lora(MethodStart start, Model& model);
std::unique_ptr<Method> make_rslora(MethodStart start, Model& model);
std::unique_ptr<Method> make_lora_plus(MethodStart start, Model& model);
std::unique_ptr<Method> make_lora_fa(MethodStart start, Model& model);
std::unique_ptr<Method> make_dora(MethodStart start, Model& model);
std::unique_ptr<Method> make_pissa(MethodStart start, Model& model);
std::unique_ptr<Method> make_olora(MethodStart start, Model& model);
std::unique_ptr<Method> make_adalora(MethodStart start, Model& model);
std::unique_ptr<Method> make_lora_xs(MethodStart start, Model& model);
std::unique_ptr<Method> make_vera(MethodStart start, Model& model);
std::unique_ptr<Method> make_uni_lora(MethodStart start, Model& model);
std::unique_ptr<Method> make_full_fine_tuning(MethodStart start, Model& model);
std::unique_ptr<Method> make_subspace(MethodStart start, Model& model);

} // namespace lora
