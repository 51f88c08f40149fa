#pragma once
// The tensors of a merged GGUF file one by one: the base's as llama.cpp wants them, some of them changed by
// an adapter. Each is read when its turn comes.

#include "engine/adapters/adapter.h"
#include "engine/files/gguf_write.h"
#include "engine/models/model.h"
#include "engine/models/weights.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct GgufPiece {
    GgufPlan plan;
    std::string path; ///< the checkpoint's name; empty: it has none
    std::function<at::Tensor()> values =
        {}; ///< float32, as the checkpoint has them; none: `bytes` as they are
    std::span<const std::byte> bytes = {};
};

/// All that a GGUF base holds, in its order and as it is.
std::vector<GgufPiece> pieces_of_gguf(const Weights& base);

/// All parameters of a model that stands for a folder's checkpoint, matrices in `type`. `base` is prepared
/// for the CPU and float32. Throws Error for a parameter that GGUF has no name for.
std::vector<GgufPiece> pieces_of_folder(const Weights& base, Model& model, BlockType type);

/// Puts the adapter's updates into the pieces, which are then written in `type`; a head tied to the embedding
/// gets a piece of its own. Whether it did. Throws Error with every target that the base lacks.
bool change_pieces(
    std::vector<GgufPiece>& pieces, const Weights& base, const Adapter& adapter, BlockType type);

/// The type that a tensor of this name and shape gets where matrices are to be in `type`: vectors and tables
/// of positions stay float32, rows of no whole blocks become F16.
BlockType type_of_piece(const std::string& name, const std::vector<std::int64_t>& shape, BlockType type);

/// A piece's values as GGUF has them: rows in the converter's order, what it adds to norms added.
at::Tensor converted(const GgufPiece& piece, const Weights& base);

} // namespace lora
