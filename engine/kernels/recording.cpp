#include "engine/kernels/recording.h"

#ifdef LORA_CUDA_GRAPHS

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

namespace lora {

namespace {

class CudaRecording : public Recording {
public:
    at::cuda::CUDAGraph graph;
    void replay() override { graph.replay(); }
};

class CudaRecorder : public Recorder {
public:
    explicit CudaRecorder(const at::Device& device)
        : memory_(at::cuda::graph_pool_handle()),
          stream_(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index())) {}

    std::unique_ptr<Recording> record(const std::function<void()>& work) override {
        auto recording = std::make_unique<CudaRecording>();
        c10::cuda::device_synchronize();
        const c10::cuda::CUDAStreamGuard guard(stream_); // the default one cannot be recorded
        recording->graph.capture_begin(memory_);
        try {
            work();
        } catch (...) {
            end_quietly(recording->graph);
            throw;
        }
        recording->graph.capture_end();
        return recording;
    }

private:
    // What is wrong has been said by what was thrown before.
    static void end_quietly(at::cuda::CUDAGraph& graph) {
        try {
            graph.capture_end();
        } catch (const c10::Error&) {
            return;
        }
    }

    c10::MempoolId_t memory_;
    c10::cuda::CUDAStream stream_;
};

} // namespace

std::unique_ptr<Recorder> make_recorder(const at::Device& device) {
    return device.is_cuda() ? std::make_unique<CudaRecorder>(device) : nullptr;
}

} // namespace lora

#else

namespace lora {

std::unique_ptr<Recorder> make_recorder(const at::Device& /*device*/) { return nullptr; }

} // namespace lora

#endif
