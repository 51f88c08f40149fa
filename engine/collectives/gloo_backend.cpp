#include "engine/collectives/backend.h"
#include "engine/collectives/meeting_store.h"

#include <cstdlib>
#include <exception>
#include <utility>
#include <vector>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

namespace lora {

namespace {

class GlooBackend final : public Backend {
public:
    explicit GlooBackend(c10::intrusive_ptr<c10d::ProcessGroupGloo> group) : group_(std::move(group)) {}

    void begin_sum(at::Tensor& values) override {
        std::vector<at::Tensor> tensors{values};
        work_ = group_->allreduce(tensors);
    }

    bool is_over() override {
        if (!work_->isCompleted()) return false;
        if (!work_->isSuccess()) std::rethrow_exception(work_->exception());
        work_.reset();
        return true;
    }

    void abandon() override {
        (void)work_.release();
        (void)group_.release();
    }

private:
    c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
    c10::intrusive_ptr<c10d::Work> work_;
};

} // namespace

std::unique_ptr<Backend> join_gloo(
    const Meeting& meeting, int rank, int size, std::chrono::milliseconds patience) {
    // Signs of life bound the wait for another rank; a rank that computes or writes may take any time.
    constexpr std::chrono::hours no_bound(24 * 365);
    auto options = c10d::ProcessGroupGloo::Options::create(patience);
    const char* const interface = std::getenv("GLOO_SOCKET_IFNAME");
    options->devices.push_back(interface != nullptr
                                   ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
                                   : c10d::ProcessGroupGloo::createDeviceForHostname(meeting.own_address()));
    options->threads = 1; // one sum at a time
    const auto store =
        c10::make_intrusive<c10d::PrefixStore>(meeting.place().attempt + "/gloo", meeting.store().tcp);
    auto group = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, std::move(options));
    group->setTimeout(no_bound);
    return std::make_unique<GlooBackend>(std::move(group));
}

} // namespace lora
