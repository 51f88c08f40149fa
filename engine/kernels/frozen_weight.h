#pragma once
// The weight of a product that no gradient reaches: a tensor, or rows that stay packed, as a GGUF file's
// blocks or as scaled rows, and are unpacked inside the product, never the whole of them at once. Packed ones
// lie on the CPU.

#include "engine/files/gguf_blocks.h"

#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// Some rows of a weight as blocks, or as engine/files/scaled_rows.h lays them out.
struct PackedRows {
    BlockType type = BlockType::F32;
    at::Tensor bytes;         ///< uint8 [rows, bytes of a row], contiguous
    std::int64_t columns = 0; ///< whole blocks
};

class FrozenWeight {
public:
    FrozenWeight() = default;
    /// From a tensor, so that one can stand wherever a frozen weight is asked for.
    FrozenWeight(at::Tensor weight) // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
        : plain(std::move(weight)) {}
    /// Rows below each other, all of as many columns. `type`: what they unpack to, float32 or bfloat16.
    FrozenWeight(std::vector<PackedRows> pieces, at::ScalarType type);
    /// The weights below each other, of which one at least is packed; nothing is unpacked.
    static FrozenWeight below_each_other(const std::vector<FrozenWeight>& weights);

    /// [rows, columns]. Where it is defined it is the weight, whatever is packed.
    at::Tensor plain;

    bool defined() const { return plain.defined() || !pieces_.empty(); }
    bool is_packed() const { return !plain.defined() && !pieces_.empty(); }
    std::int64_t rows() const { return plain.defined() ? plain.size(0) : rows_; }
    std::int64_t columns() const { return plain.defined() ? plain.size(1) : columns_; }
    at::ScalarType type() const { return plain.defined() ? plain.scalar_type() : type_; }
    at::Device device() const;
    std::int64_t bytes() const; ///< that it takes in memory
    const std::vector<PackedRows>& pieces() const { return pieces_; }

    /// [rows, columns]; of a packed one all of it, unpacked now. Undefined where nothing is defined.
    at::Tensor whole() const;
    /// Rows [begin, begin + count) of it.
    at::Tensor some(std::int64_t begin, std::int64_t count) const;
    /// The rows at `indices` (int64 [N]), [N, columns].
    at::Tensor at(const at::Tensor& indices) const;

private:
    std::vector<PackedRows> pieces_;
    std::int64_t rows_ = 0, columns_ = 0;
    at::ScalarType type_ = at::kFloat;
};

/// A rectangle of a packed weight; its columns are whole blocks of all its rows' types.
struct WeightTile {
    std::int64_t row = 0, rows = 0, column = 0, columns = 0;
};
/// Unpacks it into the front of `buffer`, float32 or bfloat16 → [tile.rows, tile.columns], a view of it.
at::Tensor unpacked_tile(const FrozenWeight& weight, const WeightTile& tile, const at::Tensor& buffer);
/// Values of the largest block that the weight has: what a tile's columns must be a multiple of.
std::int64_t largest_block(const FrozenWeight& weight);

/// x · wᵀ in float32, straight from packed rows or from a tensor's: x [M, K] of a few rows → [M, N]. With
/// packed rows a single row of x may be rounded to whole numbers of 16 bits, sixteen by sixteen
/// (packed_loops.h).
at::Tensor few_rows_product(const at::Tensor& x, const FrozenWeight& weight);

} // namespace lora
