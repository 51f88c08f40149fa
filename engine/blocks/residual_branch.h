#pragma once
// A residual branch of a block: an optional norm, a wide product, its middle (attention, gate, activation), a
// last product, an optional norm, and the sum with the residual; a part of another kind may stand in the
// place of the products and their middle. Pre-norm, post-norm and sandwich blocks are made of these, in
// sequence or in parallel.

#include "engine/blocks/branch_part.h"
#include "engine/blocks/middle.h"
#include "engine/blocks/wide_linear.h"
#include "engine/machine/profile.h"
#include "engine/models/dropout.h"

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// What a branch is computed from.
struct BranchInput {
    at::Tensor x;             ///< [N, D]
    at::Tensor residual = {}; ///< [N, D]; undefined: x itself
    at::Tensor given = {};    ///< [N, ResidualBranch::given]; undefined where that is 0
    at::Tensor rows = {};     ///< int64 [M]: what only other rows need is left out; undefined: all
    bool lends = false;       ///< whether its keys and values are asked for
};

struct BranchOutput {
    at::Tensor y;         ///< residual + branch(x), [N, D]; with rows of those alone, [M, D]
    at::Tensor lent = {}; ///< Middle::lent of all rows, where it was asked for
};

struct ResidualBranch {
    Norm before = {}; ///< of the branch's input; may be none
    WideLinear wide;
    std::unique_ptr<Middle> middle;
    WideLinear last;           ///< one linear
    DropoutPlace dropout = {}; ///< of the last linear's output
    Norm after = {};           ///< may be none
    bool norms_sum = false;    ///< `after` is of the residual's sum, else of the branch alone
    double multiplier = 1;     ///< of the branch in the sum
    Phase phase = Phase::Mlp;
    std::unique_ptr<BranchPart> whole = {}; ///< in the place of wide, middle and last, where it is
    /// Columns that other parts of the model give the middle, behind the wide product's.
    std::int64_t given = 0;

    BranchOutput plain(const BranchInput& in, const Trip& trip, const Pass& pass) const;
    /// The same in one step of autograd with a backward of its own, which saves little, forms no gradient of
    /// a frozen weight and runs once. For branches that run fused. `trip` and the branch outlive the
    /// backward. With a part in the place of its products: the same as plain.
    BranchOutput fused(
        const BranchInput& in, const std::shared_ptr<const Trip>& trip, const Pass& pass) const;

    /// Whether the kernels know all that this branch does in such a pass.
    bool runs_fused(const at::Tensor& like, const Pass& pass) const;

    const Rotary* rotary() const; ///< null: it has none
    std::int64_t lender() const;  ///< Middle::lender
    void join();
    std::vector<const Linear*> linears() const;
    void name_linears(std::vector<NamedLinear>& all);
    /// All but the linears' own.
    void name_parameters(std::vector<NamedParameter>& all);
    void add_traits(std::vector<Trait>& all, const std::string& place) const;
    /// Values that a token leaves for the backward where it runs fused, the updates' own not counted.
    std::int64_t kept_values() const;

private:
    BranchOutput made_of(
        const at::Tensor& x, const BranchInput& in, const Trip& trip, const Pass& pass) const;
};

} // namespace lora
