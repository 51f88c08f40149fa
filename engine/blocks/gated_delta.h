#pragma once
// A gated delta rule in the place of attention: queries, keys and values go through a short convolution and
// SiLU, the rule reads and writes its memories, a norm of each head follows, and a gate. Source: Yang et al.
// 2024, Gated Delta Networks; names as Hugging Face's Qwen3NextGatedDeltaNet has them.

#include "engine/blocks/place.h"
#include "engine/blocks/recomputed_middle.h"

#include <string>

namespace lora {

struct DeltaHeads {
    std::int64_t key_count = 0;   ///< K, of queries and keys each
    std::int64_t value_count = 0; ///< H, a multiple of K
    std::int64_t key_size = 0;    ///< E
    std::int64_t value_size = 0;  ///< V

    std::int64_t keys() const { return key_count * key_size; }
    std::int64_t values() const { return value_count * value_size; }
    /// Queries, keys and values, which the convolution runs through.
    std::int64_t mixed() const { return 2 * keys() + values(); }
};

struct DeltaSettings {
    DeltaHeads heads = {};
    std::int64_t taps = 4; ///< of the convolution
    double epsilon = 1e-6; ///< of the norm
    /// Two linears whose columns lie key head by key head: queries, keys, values, gate; rate, decay. Else
    /// four: queries, keys and values; gate; rate; decay.
    bool by_head = false;
};

class GatedDelta : public RecomputedMiddle {
public:
    /// `place` has conv1d.weight [mixed, 1, taps], A_log [H], dt_bias [H] and norm.weight [V].
    GatedDelta(const Place& place, const DeltaSettings& settings);

    at::Tensor plain(
        const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const override;
    std::int64_t kept_values() const override { return settings_.heads.values(); }
    void name_parameters(std::vector<NamedParameter>& all) override;
    void add_traits(std::vector<Trait>& all, const std::string& place) const override;

private:
    /// What the linears gave.
    struct Parts {
        at::Tensor mixed; ///< [N, queries, keys and values]
        at::Tensor gate;  ///< [N, H · V]
        at::Tensor rate;  ///< [N, H], before its sigmoid
        at::Tensor decay; ///< [N, H], before A_log and dt_bias
    };
    Parts parts_of(const std::vector<at::Tensor>& outputs) const;
    at::Tensor remembered(const Parts& parts, const Trip& trip, const Pass& pass) const;

    DeltaSettings settings_;
    std::string path_;
    std::int64_t layer_;
    at::Tensor convolution_, decay_, decay_bias_, norm_;
};

} // namespace lora
