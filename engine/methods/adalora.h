#pragma once
// AdaLoRA: ΔW = s·B·diag(E)·A, whose directions compete for a shrinking budget over all targets, s =
// α/(init_r + 1e-5). Those whose A, E and B matter least to the loss lose their E. B's columns and A's rows
// are held near orthonormal by a penalty, so that E works as singular values do. Source: Zhang et al. 2023,
// Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning, sections 3.1 to 3.3; the scale, the
// penalty's mean of norms (not of their squares) and the order of a step are PEFT's.

#include "engine/method_sheets/adalora_budget.h"
#include "engine/methods/derived_adaptation.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

class AdaLora final : public DerivedAdaptation {
public:
    /// `target_r`: what the rank is on average in the end. New updates begin at random with E = 0; the
    /// adapter tells where and with which α. Throws Error for a schedule that does not fit into
    /// `total_steps`.
    AdaLora(Adapter adapter, const AdaLoraSettings& settings, std::int64_t target_r, std::int64_t total_steps,
        std::uint64_t seed, Model& model);

    void apply() override;
    void regularize() override;
    void after_step(std::int64_t step, std::int64_t total_steps) override;

    /// What regularize() adds the gradient of: the weighted mean over all A and B of ‖A·Aᵀ − 1‖ and
    /// ‖Bᵀ·B − 1‖, in the Frobenius norm.
    double penalty() const;

    /// PEFT's ADALORA, without the directions that were taken.
    void write_files(StagedFolder& staged, const ModelSummary& base_model) const override;
    /// All directions, as a plain LoRA: the state tells them apart.
    void write_checkpoint_files(StagedFolder& staged, const ModelSummary& base_model) const override;
    std::vector<NamedTensor> state() const override;
    void restore(const SafetensorsFile& state) override;

private:
    struct Triplets {
        at::Tensor A;    ///< [r, in]
        at::Tensor E;    ///< [r, 1]
        at::Tensor B;    ///< [out, r]
        at::Tensor left; ///< bool [r]: not taken
    };
    /// Where a target's A, E or B lies among the parameters.
    at::Tensor part_of(const at::Tensor& flat, const at::Tensor& part) const;

    void collect_updates() override;
    void measure_importance();
    at::Tensor scores(const Triplets& target) const;
    void take_down_to(std::int64_t directions);
    void keep_taken();

    AdaLoraSettings settings_;
    std::int64_t target_r_;
    std::int64_t total_steps_;
    std::vector<Triplets> triplets_;
    at::Tensor sensitivity_; ///< moving mean of |p·∇p|, as the parameters lie
    at::Tensor uncertainty_; ///< moving mean of its distance from that
};

} // namespace lora
