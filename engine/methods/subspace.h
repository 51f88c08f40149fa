#pragma once
// Training in a random subspace: θ = θ₀ + P·θ_d, where d numbers are all that is trained. How few are enough
// is the intrinsic dimension of a task. A classifier's head is trained freely beside them and counted apart.
// Sources: Li et al. 2018; Aghajanyan et al. 2020.

#include "engine/methods/method.h"
#include "engine/methods/subspace_map.h"
#include "engine/run_settings/subspace_settings.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

class Subspace : public Method {
public:
    /// Throws Error for a path that the model lacks, and for a dimension that is too small or too large.
    Subspace(Model& model, const std::vector<std::string>& paths, const SubspaceSettings& settings,
        std::uint64_t seed, std::optional<ClassifierHead> head);

    /// One group: θ_d, the λ of the layers, a classifier's head.
    std::vector<ParameterGroup> parameters() const override { return {flat_}; }
    void apply() override { map_.write(point_, weights_); }
    void collect() override;
    void drop_gradients() override;

    const Adapter& adapter() const override { return head_; }
    const TrainedWeights* trained_weights() const override { return &weights_; }
    /// θ_d and what makes P again; see subspace_files.h.
    void write_files(StagedFolder& staged, const ModelSummary& base_model) const override;
    std::vector<NamedTensor> state() const override { return {{"parameters", flat_.values}}; }
    void restore(const SafetensorsFile& state) override;

private:
    SubspaceSettings settings_;
    std::uint64_t seed_;
    TrainedWeights weights_;
    SubspaceMap map_;
    SubspacePoint point_;
    Adapter head_;
    ParameterGroup flat_;
};

} // namespace lora
