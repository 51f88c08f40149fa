#pragma once
// The forward and backward of a batch's micro-batches. On a GPU the work of a small one is recorded when its
// shape comes a second time (a CUDA graph); from then on the GPU is given the recording.

#include "engine/kernels/recording.h"
#include "engine/models/model.h"
#include "engine/training/batch.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

/// How a micro-batch counts: its backward adds the gradient of factor · loss to the trained tensors, and
/// factor · loss itself is added to `total`, float64 [] on the model's device.
struct MicroBatchWeight {
    double factor = 1;
    at::Tensor total;
};

/// Forward and backward of one micro-batch, without a recording.
void add_micro_batch(
    const Model& model, const Batch& batch, const Pass& pass, const MicroBatchWeight& weight);

class RecordedMicroBatches {
public:
    /// The trained tensors' gradients must stay at their addresses, which recordings write to. `parameters`:
    /// how many the model has. `recorder` may be null: then nothing is recorded.
    RecordedMicroBatches(const Model& model, std::int64_t parameters, std::unique_ptr<Recorder> recorder);

    /// Whether a micro-batch of so many tokens is recorded. Only small ones are, which a GPU works off faster
    /// than they can be queued kernel by kernel. They are best made by make_filled_batch, so that few
    /// different shapes come.
    bool records(const Pass& pass, std::int64_t tokens) const;
    /// As add_micro_batch.
    void add(const Batch& batch, const Pass& pass, const MicroBatchWeight& weight);
    /// Lets go of all recordings, and the memory that they hold.
    void forget() { shapes_.clear(); }
    /// Why recording failed, after which nothing is recorded any more; told once, else none.
    std::optional<std::string> take_refusal();

private:
    struct KnownShape {
        std::int64_t seen = 0;
        std::int64_t last_seen = 0; ///< the count_ at which it came last
        Batch batch;                ///< what the recording reads
        at::Tensor factor;          ///< float64 []
        std::unique_ptr<Recording> recording;
    };

    void record(KnownShape& known, const Batch& batch, const Pass& pass);
    void forget_the_oldest();

    const Model& model_;
    std::int64_t parameters_;
    std::unique_ptr<Recorder> recorder_;
    std::map<BatchShape, KnownShape> shapes_;
    std::int64_t count_ = 0;
    at::Tensor total_; ///< what the recordings add to
    std::optional<std::string> refusal_;
};

} // namespace lora
