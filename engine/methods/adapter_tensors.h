#pragma once
// An adapter's tensors in the order in which methods lay them out.

#include "engine/adapters/adapter.h"

#include <vector>

namespace lora {

/// A and B, target by target.
std::vector<at::Tensor*> updates_of(Adapter& adapter);
std::vector<at::Tensor*> all_A(Adapter& adapter);
std::vector<at::Tensor*> all_B(Adapter& adapter);
/// Weights and biases of a classifier's head; none without one.
std::vector<at::Tensor*> head_of(Adapter& adapter);
/// That head, or the rows of tokens: what is trained as it is beside the updates.
std::vector<at::Tensor*> beside_updates(Adapter& adapter);

/// The first, and the second after it.
std::vector<at::Tensor*> joined(std::vector<at::Tensor*> first, const std::vector<at::Tensor*>& second);

} // namespace lora
