#pragma once
// Rows of single tokens in a vocabulary's tables: those of new tokens, which follow the checkpoint's own, and
// those of known ones that were trained anew. The tables themselves stay as they are, packed ones too.

#include "engine/kernels/frozen_weight.h"
#include "engine/models/pass.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// Rows in place of the model's own, and behind them.
struct TokenRows {
    std::vector<std::int64_t> ids; ///< each once; those of new tokens leave no gap behind the table
    at::Tensor embedding = {};     ///< [k, D], float32, by `ids`
    at::Tensor head = {};          ///< [k, D]; undefined: of a tied head, which takes the embedding's
};

/// Of one table, the embedding or the head.
class ReplacedRows {
public:
    /// values [k, D]; a gradient reaches them where they ask for one. Throws Error for rows of another width,
    /// ids that come twice and new ones that leave a gap.
    ReplacedRows(const FrozenWeight& table, const std::vector<std::int64_t>& ids, at::Tensor values);

    std::int64_t rows() const { return rows_; }    ///< of the table with the new ones
    const at::Tensor& ids() const { return ids_; } ///< int64 [k], on the table's device
    /// What counts in this pass, [k, D] float32: where updates do not count, what stood there before; between
    /// the two by the updates' scale.
    at::Tensor values(const Pass& pass) const;
    /// table.at(tokens) with these in their places, [N, D].
    at::Tensor at(const FrozenWeight& table, const at::Tensor& tokens, const Pass& pass) const;
    /// product [M, rows of the table] with these rows' products with `hidden` [M, D], [M, rows()].
    at::Tensor product(const at::Tensor& product, const at::Tensor& hidden, const Pass& pass) const;

private:
    at::Tensor ids_;
    at::Tensor slots_; ///< int64 [rows()], each token's place in `ids_`; -1: it has none
    at::Tensor values_;
    at::Tensor before_; ///< [k, D]
    std::int64_t rows_ = 0;
};

/// What stands at these ids, float32 [k, D]: the table's own rows, and for new ones the mean of all rows, as
/// transformers' resize_token_embeddings takes it, without its tiny random part.
at::Tensor first_rows(const FrozenWeight& table, const std::vector<std::int64_t>& ids);

} // namespace lora
