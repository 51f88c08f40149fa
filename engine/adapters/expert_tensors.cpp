#include "engine/adapters/expert_tensors.h"

#include "engine/checkpoints/experts.h"

#include <memory>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

using Places = std::vector<std::vector<BaseTensor>::iterator>;

// Of one way to hold the weight; empty where a tensor of it is missing.
Places places_of(
    std::vector<BaseTensor>& tensors, const std::vector<ExpertPiece>& pieces, const Dialect& dialect) {
    Places places;
    for (const ExpertPiece& piece : pieces) {
        places.push_back(find_tensor(tensors, piece.tensor, dialect));
        if (places.back() == tensors.end()) return {};
    }
    return places;
}

// The rows that the piece has, as a view of the tensor.
at::Tensor rows_in(const at::Tensor& tensor, const ExpertPiece& piece) {
    const at::Tensor own = piece.number < 0 ? tensor : tensor.select(0, piece.number);
    return piece.turned ? own.t() : own;
}

void change_piece(BaseTensor& tensor, const ExpertPiece& piece, const ChangeRows& new_rows,
    std::optional<at::ScalarType> type) {
    tensor.read = [read = std::move(tensor.read), piece, new_rows, type] {
        const at::Tensor whole = type ? read().to(*type) : read();
        const at::Tensor rows = rows_in(whole, piece);
        rows.copy_(new_rows(rows, piece.rows == ExpertPiece::Rows::Second ? rows.size(0) : 0));
        return whole;
    };
}

/// A tensor of all experts while its parts are read.
struct Stack {
    at::Tensor values;
    std::int64_t left = 0;
};

} // namespace

bool change_expert(std::vector<BaseTensor>& tensors, const std::string& name, const Dialect& dialect,
    const ChangeRows& new_rows, std::optional<at::ScalarType> type) {
    for (const std::vector<ExpertPiece>& pieces : expert_pieces(name, dialect)) {
        const Places places = places_of(tensors, pieces, dialect);
        if (places.empty()) continue;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            if (type)
                places[i]->bytes = places[i]->values * static_cast<std::int64_t>(at::elementSize(*type));
            change_piece(*places[i], pieces[i], new_rows, type);
        }
        return true;
    }
    return false;
}

std::vector<BaseTensor> experts_of_gguf(
    const Weights& base, const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto stack = std::make_shared<Stack>(Stack{{}, shape[0]});
    const std::int64_t values = shape[1] * shape[2];
    std::vector<BaseTensor> tensors;
    for (std::int64_t i = 0; i < shape[0]; ++i)
        tensors.push_back(
            {name_of_one(name, i, base.dialect()), values * static_cast<std::int64_t>(sizeof(float)),
                [stack, base, name, shape, i] {
                    if (!stack->values.defined()) stack->values = base.tensor(name, shape);
                    at::Tensor own = stack->values.select(0, i).clone();
                    if (--stack->left == 0) stack->values = {};
                    return own;
                },
                values});
    return tensors;
}

} // namespace lora
