#pragma once
// Weights of a model that a method changes: copies that stand in the model in place of its own, and want
// gradients, for as long as this lives. The model's own are kept and put back at the end, so that a model can
// be trained, compared with what it was, and trained again.

#include "engine/models/model.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct TrainedWeight {
    std::string path;        ///< "model.layers.0.self_attn.q_proj.weight"
    std::int64_t layer = -1; ///< -1 outside the blocks
    at::Tensor original;
    at::Tensor current; ///< a leaf, contiguous, in the model's type; backwards leave its gradient
};

/// One of them that is a linear's matrix.
struct TrainedMatrix {
    std::string linear; ///< its path
    const TrainedWeight* weight = nullptr;
};

class TrainedWeights {
public:
    /// Throws Error for a path that the model lacks. At most one at a time on a model.
    TrainedWeights(Model& model, const std::vector<std::string>& paths);
    TrainedWeights(const TrainedWeights&) = delete;
    TrainedWeights& operator=(const TrainedWeights&) = delete;
    ~TrainedWeights();

    /// Puts the model's own weights, or the copies, into the model. For looking at both: a method that trains
    /// them holds the copies where they lie.
    void show_original();
    void show_trained();

    const std::vector<TrainedWeight>& all() const { return weights_; }
    std::int64_t values() const; ///< D: of all weights
    /// Those that are a linear's matrix, in the model's order.
    std::vector<TrainedMatrix> matrices() const;

private:
    void put_copies_in();

    Model& model_;
    std::vector<TrainedWeight> weights_;
    bool trained_shown_ = true;
};

} // namespace lora
