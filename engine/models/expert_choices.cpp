#include "engine/models/expert_choices.h"

#include "engine/checkpoints/experts.h"

#include <map>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

/// An expert's first linear gets a row of each token that chose it.
class RowCount : public InputWatch {
public:
    explicit RowCount(Model& model) {
        for (const NamedLinear& named : model.named_linears()) {
            const auto expert = expert_path(named.path);
            if (!expert || expert->module != "gate_up_proj") continue;
            if (choices.empty() || choices.back().layer != named.layer) choices.push_back({named.layer, {}});
            std::vector<std::int64_t>& counts = choices.back().of_expert;
            places_[named.linear] = {choices.size() - 1, counts.size()};
            counts.push_back(0);
        }
    }
    void saw(const Linear& linear, const at::Tensor& x) override {
        const auto place = places_.find(&linear);
        if (place == places_.end()) return;
        choices[place->second.first].of_expert[place->second.second] += x.size(0);
    }

    std::vector<ExpertChoices> choices;

private:
    std::map<const Linear*, std::pair<std::size_t, std::size_t>> places_;
};

} // namespace

std::vector<ExpertChoices> expert_choices(Model& model, const PackedTokens& tokens) {
    RowCount count(model);
    if (count.choices.empty()) return {};
    const c10::NoGradGuard no_gradient;
    Pass pass;
    pass.watch = &count;
    model.hidden(tokens, pass);
    return std::move(count.choices);
}

} // namespace lora
