#pragma once
// Full fine-tuning: the weights themselves are trained, all or some of them; the baseline that LoRA is
// measured against. AdamW works on float32 values, which are the model's own where it is float32; beside a
// bfloat16 model they are masters that its weights are rounded from after each step.
// Source of the masters: Micikevicius et al. 2018, Mixed precision training, section 3.1.

#include "engine/methods/method.h"
#include "engine/methods/trained_weights.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

class FullFineTuning : public Method {
public:
    /// Throws Error for a path that the model lacks.
    FullFineTuning(Model& model, const std::vector<std::string>& paths, std::optional<ClassifierHead> head);

    /// One group a weight, in the order of the paths, then a classifier's head.
    std::vector<ParameterGroup> parameters() const override { return groups_; }
    void apply() override;
    void collect() override;
    void drop_gradients() override;

    const Adapter& adapter() const override { return head_; }
    const TrainedWeights* trained_weights() const override { return &weights_; }
    /// A folder as on Hugging Face, with the changed weights in the model's type.
    void write_files(StagedFolder& staged, const ModelSummary& base_model) const override;
    /// Nothing: the state is all of it.
    void write_checkpoint_files(StagedFolder&, const ModelSummary&) const override {}
    std::vector<NamedTensor> state() const override;
    void restore(const SafetensorsFile& state) override;

private:
    bool has_masters(std::size_t weight) const;

    TrainedWeights weights_;
    Adapter head_;
    std::vector<ParameterGroup> groups_;
};

} // namespace lora
