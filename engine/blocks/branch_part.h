#pragma once
// What a residual branch may have in the place of its two products and their middle: a part with linears of
// its own, such as a mixture of experts or an attention of another kind. By LibTorch's operators with
// autograd's own backward, whatever runs fused beside it.

#include "engine/blocks/middle.h"
#include "engine/models/model.h"
#include "engine/models/pass.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

class BranchPart {
public:
    BranchPart() = default;
    BranchPart(const BranchPart&) = delete;
    BranchPart& operator=(const BranchPart&) = delete;
    virtual ~BranchPart() = default;

    /// x [N, D] → [N, D]; with `rows` (int64 [M]) of those alone, [M, D].
    virtual at::Tensor forward(
        const at::Tensor& x, const at::Tensor& rows, const Trip& trip, const Pass& pass) const = 0;

    /// Those that can carry an update.
    virtual std::vector<const Linear*> linears() const = 0;
    virtual void name_linears(std::vector<NamedLinear>& all) = 0;
    /// All but those linears' own.
    virtual void name_parameters(std::vector<NamedParameter>& /*all*/) {}
    /// Values that a token leaves for the backward, the updates' own and what grows with the text's length
    /// not counted.
    virtual std::int64_t kept_values() const = 0;
    /// Whose tables() it reads from the trip; null: none.
    virtual const Rotary* rotary() const { return nullptr; }
    /// What it is, in words: "a mixture of experts".
    virtual const char* name() const = 0;
};

} // namespace lora
