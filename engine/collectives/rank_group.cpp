#include "engine/collectives/rank_group.h"

#include <algorithm>
#include <cstdint>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

class LoneRank final : public RankGroup {
public:
    LoneRank() : RankGroup(0, 1) { name_ = "rank 0"; }
    void sum(at::Tensor&) override {}
    void leave(const std::string&) noexcept override {}
};

} // namespace

std::unique_ptr<RankGroup> lone_rank() { return std::make_unique<LoneRank>(); }

void wait_for_all(RankGroup& group) { any_rank(group, false); }

bool any_rank(RankGroup& group, bool said) {
    at::Tensor count = at::full({1}, said ? 1 : 0, at::kLong);
    group.sum(count);
    return count.item<std::int64_t>() > 0;
}

std::string text_of_leader(RankGroup& group, const std::string& text) {
    at::Tensor length = at::full({1}, group.leads() ? static_cast<std::int64_t>(text.size()) : 0, at::kLong);
    group.sum(length);
    at::Tensor letters = at::zeros({length.item<std::int64_t>()}, at::kByte);
    if (group.leads()) std::copy(text.begin(), text.end(), letters.mutable_data_ptr<std::uint8_t>());
    group.sum(letters);
    const std::uint8_t* const first = letters.const_data_ptr<std::uint8_t>();
    return {first, first + letters.numel()};
}

void take_values_of_leader(RankGroup& group, at::Tensor values) {
    const c10::NoGradGuard no_gradient;
    if (!group.leads()) values.zero_(); // to what is rank 0's, zeros add nothing
    group.sum(values);
}

} // namespace lora
