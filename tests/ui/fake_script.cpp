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

RankAdvice unmeasuredAdvice(const AdviseRank& advise) {
    RankAdvice made;
    made.spread = advise.spread;
    const DataSettings& data = advise.data;
    const bool isHeldOut = !data.eval.empty() || data.eval_split > 0;
    if (data.train.empty())
        made.rows = data.eval.empty() ? AdviceRows::None : AdviceRows::File;
    else
        made.rows = isHeldOut ? AdviceRows::HeldOut : AdviceRows::Training;
    made.samples = made.rows == AdviceRows::Training ? 380 : 20;
    return made;
}

} // namespace lora
