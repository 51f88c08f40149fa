#pragma once
// A feed-forward branch with a gate whose linears carry no update: gate_proj, up_proj and down_proj of the
// dense blocks and the shared experts of a mixture, which PEFT's all-linear leaves as they are.

#include "engine/blocks/branch_part.h"
#include "engine/blocks/place.h"
#include "engine/kernels/activation.h"

#include <string>

namespace lora {

class GatedLinears : public BranchPart {
public:
    /// `width` is D, `inner` F.
    GatedLinears(const Place& place, std::int64_t width, std::int64_t inner, Activation activation);

    /// down(activation(gate x) ∘ up x).
    at::Tensor of(const at::Tensor& x, const Pass& pass) const;

    at::Tensor forward(
        const at::Tensor& x, const at::Tensor& rows, const Trip& /*trip*/, const Pass& pass) const override {
        return of(chosen_rows(x, rows), pass);
    }
    std::vector<const Linear*> linears() const override { return {}; }
    void name_linears(std::vector<NamedLinear>& /*all*/) override {}
    void name_parameters(std::vector<NamedParameter>& all) override;
    std::int64_t kept_values() const override { return 3 * gate_.out(); }
    const char* name() const override { return "a feed-forward branch without updates"; }

private:
    std::string path_;
    std::int64_t layer_;
    Activation activation_;
    Linear gate_, up_, down_;
};

} // namespace lora
