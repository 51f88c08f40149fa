#pragma once
// What moves tensors between ranks: Gloo between CPUs. Apart from the group, since c10d's headers are long.

#include "engine/collectives/meeting.h"

#include <chrono>
#include <memory>

#include <ATen/core/Tensor.h>

namespace lora {

class Backend {
public:
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    /// Begins to replace the values by their sums over all ranks.
    virtual void begin_sum(at::Tensor& values) = 0;
    /// Whether what was begun is over. Throws what broke it.
    virtual bool is_over() = 0;
    /// What was begun is left as it is, and so is all that belongs to it until the process ends: ending it
    /// would wait for a rank that is gone.
    virtual void abandon() = 0;

protected:
    Backend() = default;
};

/// Joins all ranks, each at its own_address(), or at the interface that GLOO_SOCKET_IFNAME names. Throws what
/// c10d throws after `patience`.
std::unique_ptr<Backend> join_gloo(
    const Meeting& meeting, int rank, int size, std::chrono::milliseconds patience);

} // namespace lora
