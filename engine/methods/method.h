#pragma once
// A way to train: what the optimizer works on, and the map from that to the model's updates or weights, with
// its adjoint. The model's forward and backward know none of it.

#include "engine/adapters/adapter.h"
#include "engine/checkpoints/summary.h"
#include "engine/files/safetensors.h"
#include "engine/files/store.h"
#include "engine/methods/parameters.h"
#include "engine/models/safetensors_tensors.h"

#include <cstdint>
#include <vector>

namespace lora {

class TrainedWeights;

/// Once made it is attached to its model: a forward pass uses the updates or weights that its parameters
/// mean.
class Method {
public:
    Method() = default;
    Method(const Method&) = delete;
    Method& operator=(const Method&) = delete;
    virtual ~Method() = default;

    /// What the optimizer works on, in the order of its state. The same tensors each time.
    virtual std::vector<ParameterGroup> parameters() const = 0;
    /// Writes what the parameters mean onto the model. After each step.
    virtual void apply() {}
    /// The adjoint: from the gradients that backwards left on the model to those of the parameters.
    virtual void collect() {}
    /// Adds the gradient of what the method adds to the loss itself. Once a step, after collect().
    virtual void regularize() {}
    /// Forgets gradients on the model that were not collected: the step was given up.
    virtual void drop_gradients() {}
    /// What the method does of its own after the optimizer's `step` (from 1) of `total_steps`, before
    /// apply(); the step's gradients still stand.
    virtual void after_step(std::int64_t /*step*/, std::int64_t /*total_steps*/) {}

    /// The model's weights that the method changes itself; null where its result is an adapter.
    virtual const TrainedWeights* trained_weights() const { return nullptr; }
    /// The low-rank updates as they stand, and a classifier's head. Without targets where a method's result
    /// is no such thing.
    virtual const Adapter& adapter() const = 0;
    /// The result's files, into a folder in the making: of an adapter PEFT's. Throws DiskFull or Error.
    virtual void write_files(StagedFolder& staged, const ModelSummary& base_model) const;
    /// What of the result stands in a checkpoint: all of it, where the state does not hold it anyway.
    virtual void write_checkpoint_files(StagedFolder& staged, const ModelSummary& base_model) const {
        write_files(staged, base_model);
    }

    /// What an exact resume needs beside the result's files; none: nothing more.
    virtual std::vector<NamedTensor> state() const { return {}; }
    /// Takes a state back, and applies it. Throws Error for a tensor that is missing or of another shape.
    virtual void restore(const SafetensorsFile& /*state*/) {}
};

} // namespace lora
