#pragma once
// The forward and backward of a batch's pieces. On a GPU each shape that comes a second time is recorded, and
// from then on only the recording is queued.

#include "engine/kernels/recording.h"
#include "engine/models/model.h"
#include "engine/training/batch.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

namespace lora {

/// How a piece counts: the gradient that its backward adds to the leaves is that of factor · loss, and
/// `total` (float64 [] on the model's device) becomes larger by as much.
struct PieceWeight {
    double factor = 1;
    at::Tensor total;
};

/// Forward and backward of one piece, as the model has them.
void add_piece(const Model& model, const Batch& batch, const Pass& pass, const PieceWeight& weight);

class RecordedPieces {
public:
    /// The leaves' gradients must stay where they are. `parameters`: the model's, by which a piece of work is
    /// large or small. `recorder` may be null: then nothing is recorded.
    RecordedPieces(const Model& model, std::int64_t parameters, std::unique_ptr<Recorder> recorder);

    /// Whether a piece of so many tokens is recorded: one that a GPU has done before the next is queued. Its
    /// batch is then best a filled one, of few shapes.
    bool records(const Pass& pass, std::int64_t tokens) const;
    /// As add_piece.
    void add(const Batch& batch, const Pass& pass, const PieceWeight& weight);
    /// Why nothing is recorded any more, once, where that was tried and went wrong.
    std::optional<std::string> take_refusal();

private:
    struct Piece {
        std::int64_t seen = 0;
        std::int64_t last_seen = 0; ///< in pieces
        Batch batch;                ///< what the recording reads
        at::Tensor factor;          ///< float64 []
        std::unique_ptr<Recording> recording;
    };

    void record(Piece& piece, const Batch& batch, const Pass& pass);
    void forget_the_oldest();

    const Model& model_;
    std::int64_t parameters_;
    std::unique_ptr<Recorder> recorder_;
    std::map<BatchShape, Piece> pieces_;
    std::int64_t count_ = 0;
    at::Tensor total_; ///< what the recordings add to
    std::optional<std::string> refusal_;
};

} // namespace lora
