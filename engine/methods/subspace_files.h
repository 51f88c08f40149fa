#pragma once
// The result of a subspace as a folder of a few kilobytes: subspace.safetensors with θ_d, the λ and a
// classifier's head, and subspace.json with what makes P again. Only with the base model does it mean
// anything.

#include "engine/adapters/classifier_head.h"
#include "engine/files/store.h"
#include "engine/methods/subspace_map.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lora {

struct SubspaceResult {
    SubspaceSettings settings;
    std::uint64_t seed = 0;           ///< of P
    std::vector<std::string> weights; ///< that P moves, in its order
    SubspacePoint point;
    std::optional<ClassifierHead> head;
    std::string base_model; ///< where it was
};

void write_subspace(StagedFolder& staged, const SubspaceResult& result);

/// Whether the folder is one of a subspace.
bool is_subspace(const std::string& folder);
/// Throws Error for any fault of the files.
SubspaceResult read_subspace(const std::string& folder);

/// Moves the model's weights for as long as what it gives lives; a classifier's head is left to the caller.
/// Throws Error where the model lacks the weights.
std::unique_ptr<TrainedWeights> put_on(const SubspaceResult& result, Model& model);

} // namespace lora
