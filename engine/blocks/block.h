#pragma once
// A transformer block: attention, then a feed-forward branch, in sequence or both on the block's input, and
// perhaps a third branch on what the model gives each layer by itself.

#include "engine/blocks/residual_branch.h"

#include <memory>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct BlockInput {
    at::Tensor x;                ///< [N, D]
    at::Tensor layer_input = {}; ///< [N, P], where the block has a branch for it
    at::Tensor borrowed = {};    ///< [N, 2 · K · E], what the lender of its attention lent
    bool lends = false;          ///< whether its keys and values are asked for
};

struct Block {
    ResidualBranch attention;
    ResidualBranch mlp;
    bool parallel = false; ///< the feed-forward branch reads the block's input too
    bool one_norm = false; ///< the attention's norm of the input is the feed-forward branch's too
    /// After both; its middle gets the layer's own input.
    std::optional<ResidualBranch> layer_input = {};
    at::Tensor multiplier = {}; ///< [1], of all that the block gives, never trained; undefined: none

    /// x [N, D] → [N, D]; with `rows` (int64 [M]) those alone, [M, D].
    BranchOutput forward(const BlockInput& in, const std::shared_ptr<const Trip>& trip,
        const at::Tensor& rows, const Pass& pass, bool fused) const;

    bool runs_fused(const at::Tensor& like, const Pass& pass) const;
    void join();
    std::vector<const Linear*> linears() const;
    void name_linears(std::vector<NamedLinear>& all);
    /// All but the linears' own.
    void name_parameters(std::vector<NamedParameter>& all);
    void add_traits(std::vector<Trait>& all, const std::string& place) const;
    std::int64_t kept_values() const;
};

/// What runs of blocks ask of all of them.
struct Blocks {
    std::vector<Block> each;

    /// x through all blocks, each checkpointed where the pass asks for it; of the last one `rows` alone,
    /// where those are defined. `layer_inputs`: one for each block; empty where they have none.
    at::Tensor forward(const at::Tensor& x, const PackedTokens& tokens, const at::Tensor& rows,
        const Pass& pass, const std::vector<at::Tensor>& layer_inputs = {}) const;
    bool runs_fused(const at::Tensor& like, const Pass& pass) const;
    void join();
    void name_linears(std::vector<NamedLinear>& all);
    void name_parameters(std::vector<NamedParameter>& all);
    std::int64_t kept_values() const;

private:
    std::shared_ptr<const Trip> trip_of(
        const PackedTokens& tokens, at::ScalarType type, const Pass& pass, bool fused) const;
};

} // namespace lora
