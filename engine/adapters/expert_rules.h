#pragma once
// What adapters of experts have to be so that PEFT's files can hold them, one tensor for all experts of a
// layer.

#include "engine/adapters/adapter.h"

#include <map>
#include <string>
#include <vector>

namespace lora {

/// A line for each stack that fits a mixture of fewer experts alone: the adapter has the first ones' updates
/// and no other. Empty: there is none.
std::string stacks_too_small(const Adapter& adapter, const std::map<std::string, Linear*>& linears);

/// Throws Error for a new adapter of some of a layer's experts alone, or with a rank or α of their own: a
/// file has one tensor for all of them.
void need_whole_stacks(const Adapter& adapter, Model& model);

/// Throws Error naming the first of the paths that PEFT's files have as a parameter, which `method` has no
/// form for.
void need_modules(const std::vector<TargetUpdate>& targets, const std::string& method);

} // namespace lora
