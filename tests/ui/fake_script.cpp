#include "tests/ui/fake_script.h"

#include "engine/error.h"

namespace lora {

void FakeScript::release() {
    {
        const std::lock_guard lock(mutex_);
        held_.clear();
    }
    released_.notify_all();
}

std::vector<Command> FakeScript::attempted() const {
    const std::lock_guard lock(mutex_);
    return attempted_;
}

std::vector<Command> FakeScript::answered() const {
    const std::lock_guard lock(mutex_);
    return answered_;
}

void FakeScript::attempt(const Command& command, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    attempted_.push_back(command);
    released_.wait(lock, stop, [&] { return !held_.contains(command.index()); });
    if (stop.stop_requested()) throw Error("cancelled");
    const auto refusal = refusals_.find(command.index());
    if (refusal != refusals_.end()) throw Error(refusal->second);
    answered_.push_back(command);
}

} // namespace lora
