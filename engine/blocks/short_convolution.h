#pragma once
// A gated short convolution in the place of attention: of the three parts of the wide product, the first
// times the third goes through a causal convolution of each channel, and the second gates what comes out.
// Source: Liquid AI 2025, LFM2.

#include "engine/blocks/place.h"
#include "engine/blocks/recomputed_middle.h"

#include <string>

namespace lora {

class ShortConvolution : public RecomputedMiddle {
public:
    /// `place` has a `name`.weight [width, 1, taps] and, with `bias`, a `name`.bias [width].
    ShortConvolution(
        const Place& place, const std::string& name, std::int64_t width, std::int64_t taps, bool bias);

    at::Tensor plain(
        const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const override;
    std::int64_t kept_values() const override { return weight_.size(0); }
    void name_parameters(std::vector<NamedParameter>& all) override;
    void add_traits(std::vector<Trait>& all, const std::string& place) const override;

private:
    std::string path_;
    std::int64_t layer_;
    at::Tensor weight_, bias_;
};

} // namespace lora
