#pragma once
// The sheets one by one; method_sheets() has them in a list.

#include "engine/method_sheets/method_sheet.h"

namespace lora {

MethodSheet lora_sheet();
MethodSheet rslora_sheet();
MethodSheet lora_plus_sheet();
MethodSheet lora_fa_sheet();
MethodSheet dora_sheet();
MethodSheet pissa_sheet();
MethodSheet olora_sheet();
MethodSheet eva_sheet();
MethodSheet adalora_sheet();
MethodSheet lora_xs_sheet();
MethodSheet vera_sheet();
MethodSheet uni_lora_sheet();
MethodSheet full_sheet();
MethodSheet subspace_sheet();

/// What sheets share: the settings of a random subspace, and what a method refuses that trains weights.
std::vector<Setting> subspace_settings();
std::vector<Refusal> refused_without_adapter();
MethodCosts held_start_costs(const RunSettings& settings, const TargetShapes& shapes);

} // namespace lora
