#pragma once
// What a GPU is given to do, recorded once and given to it again as a whole: a CUDA graph. A small model's
// step is thousands of short pieces of work, and queueing them takes longer than doing them.

#include <functional>
#include <memory>

#include <ATen/core/Tensor.h>

namespace lora {

/// Work that reads and writes the same memory each time.
class Recording {
public:
    Recording() = default;
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    virtual ~Recording() = default;
    /// Queues the work behind what the thread has queued before.
    virtual void replay() = 0;
};

/// Makes recordings of one GPU's work. They share their memory: never are two of them under way at once, and
/// what one leaves there is gone with the next.
class Recorder {
public:
    Recorder() = default;
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    virtual ~Recorder() = default;
    /// Records what `work` queues; nothing of it is done yet. What it reads and writes besides its own
    /// intermediate values must stay where it is, and it may wait for nothing. Throws what `work` throws, and
    /// c10::Error for work that cannot be recorded; the recorder can be used again.
    virtual std::unique_ptr<Recording> record(const std::function<void()>& work) = 0;
};

/// Null where nothing can be recorded: on the CPU, and where the project was built without CUDA's compiler or
/// LibTorch's part for NVIDIA GPUs.
std::unique_ptr<Recorder> make_recorder(const at::Device& device);

} // namespace lora
