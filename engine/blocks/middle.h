#pragma once
// What a residual branch does between its first, wide product and its last one: attention, a gate, or an
// activation alone. Each by plain operators on what the wide linears gave one by one, and fused on what the
// wide product gave, with a backward of its own.

#include "engine/blocks/norm.h"
#include "engine/error.h"
#include "engine/kernels/attention.h"
#include "engine/models/pass.h"
#include "engine/models/rotary.h"
#include "engine/models/traits.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// What all blocks share in one forward pass.
struct Trip {
    PackedTokens tokens;
    /// Of each rotary that a block of the model has: half_tables() where it runs fused, tables() elsewhere.
    std::map<const Rotary*, RotaryTables> tables = {};
};

class Middle {
public:
    Middle() = default;
    Middle(const Middle&) = delete;
    Middle& operator=(const Middle&) = delete;
    virtual ~Middle() = default;

    /// `outputs`: each wide linear's, side by side the wide product's columns, and what other parts give
    /// behind them (ResidualBranch::given) → [N, in of the last linear].
    virtual at::Tensor plain(
        const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const = 0;

    /// What the fused forward leaves for its backward.
    struct Kept {
        at::Tensor wide; ///< the wide product, [N, Σ out], and what other parts give, side by side; the
                         ///< forward may change it, the backward overwrite it
        AttentionResult attended = {};
        AttentionShape shape = {};
        RotaryTables tables = {};
        Norm::Kept queries = {}, keys = {}, values = {};
        PackedTokens tokens = {}; ///< of a middle that is computed once more in the backward
        at::Tensor made = {};     ///< what such a one gave
        at::Tensor gate = {};     ///< of what attention gives, before its sigmoid
        at::Tensor d_lent =
            {}; ///< the gradient of what it lent, for the backward; undefined: it lent nothing
    };
    virtual at::Tensor forward(Kept& kept, const Trip& trip, const Pass& pass) const = 0;
    /// The forward's result, computed once more from what was kept.
    virtual at::Tensor again(const Kept& kept) const = 0;
    /// The gradient of the wide product. Runs once.
    virtual at::Tensor backward(Kept& kept, const at::Tensor& dy) const = 0;

    /// Of attention: its keys and values as it sees them, for other layers' to see, [N, 2 · K · E]. By plain
    /// operators on the same `outputs`, and from what the fused forward kept.
    virtual at::Tensor lent(const std::vector<at::Tensor>& /*outputs*/, const Trip& /*trip*/) const {
        throw Error("this kind of block has no keys and values to lend");
    }
    virtual at::Tensor lent(const Kept& /*kept*/) const { return lent({}, {}); }

    /// Whether there are kernels for the element type and on the device of `like`.
    virtual bool runs_fused(const at::Tensor& like) const = 0;
    /// Values that a token leaves for the backward where it runs fused, the wide product's aside.
    virtual std::int64_t kept_values() const { return 0; }
    virtual const Rotary* rotary() const { return nullptr; }
    /// The layer whose keys and values it gets behind the wide product's columns; -1: none's.
    virtual std::int64_t lender() const { return -1; }
    virtual void name_parameters(std::vector<NamedParameter>& /*all*/) {}
    /// What it computes beside its weights; `place` begins what each is called. Throws Error where it does
    /// not tell.
    virtual void add_traits(std::vector<Trait>& /*all*/, const std::string& place) const {
        throw Error(place + "this kind of block cannot be described");
    }
};

/// Those rows of x; x itself where `rows` is undefined.
at::Tensor chosen_rows(const at::Tensor& x, const at::Tensor& rows);

/// One tensor for each of these widths, whether `outputs` are so many already or one tensor with all side by
/// side.
std::vector<at::Tensor> in_pieces(
    const std::vector<at::Tensor>& outputs, const std::vector<std::int64_t>& widths);

} // namespace lora
