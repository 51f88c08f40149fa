#include "engine/kernels/frozen_weight.h"

#include "engine/kernels/packed_loops.h"
#include "engine/kernels/scaled_loops.h"
#include "engine/machine/processor.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

const PackedLoops& packed_loops() { return for_processor(packed_plain, packed_avx2, packed_avx512)(); }
const ScaledLoops& scaled_loops() { return for_processor(scaled_plain, scaled_avx2, scaled_avx512)(); }

/// A tensor's rows as what the loops take.
PackedRows as_rows(const at::Tensor& plain) {
    const at::Tensor rows = plain.detach().contiguous();
    const bool narrow = rows.scalar_type() == at::kBFloat16;
    return {narrow ? BlockType::BF16 : BlockType::F32, rows.view(at::kByte), rows.size(1)};
}

const std::byte* bytes_of_row(const PackedRows& piece, std::int64_t row) {
    return static_cast<const std::byte*>(piece.bytes.const_data_ptr()) + row * piece.bytes.size(1);
}

std::int64_t bytes_of_values(const PackedRows& piece, std::int64_t count) {
    if (is_scaled(piece.type)) return scaled_row_bytes(piece.type, count);
    const BlockLayout block = layout(piece.type);
    return count / block.values * static_cast<std::int64_t>(block.size_bytes);
}

/// The part of a row into `to` from its value `at` on.
void unpack_part(const PackedRows& piece, const ScaledPart& part, const at::Tensor& to, std::int64_t at) {
    const auto unpack = [&](auto unpack_blocks, auto unpack_scaled, auto* values) {
        if (is_scaled(piece.type)) return unpack_scaled(piece.type, part, values);
        unpack_blocks(piece.type, part.row + bytes_of_values(piece, part.begin), part.count, values);
    };
    if (to.scalar_type() == at::kFloat)
        unpack(packed_loops().unpack, scaled_loops().unpack, static_cast<float*>(to.data_ptr()) + at);
    else
        unpack(packed_loops().unpack_bfloat16, scaled_loops().unpack_bfloat16,
            static_cast<BFloat16*>(to.data_ptr()) + at);
}

/// Calls work(piece, first row in the piece, how many, first row of the weight) for what falls on each piece.
template <class Work>
void for_pieces(const FrozenWeight& weight, std::int64_t begin, std::int64_t count, const Work& work) {
    std::int64_t first = 0;
    for (const PackedRows& piece : weight.pieces()) {
        const std::int64_t rows = piece.bytes.size(0);
        const std::int64_t from = std::max(begin, first), to = std::min(begin + count, first + rows);
        if (from < to) work(piece, from - first, to - from, from);
        first += rows;
    }
}

constexpr std::int64_t values_worth_a_thread = 32768;

bool in_blocks(const PackedRows& piece) { return !is_scaled(piece.type) && layout(piece.type).values > 1; }

/// One row of x in sixteens, in one buffer; null pointers where the processor does without.
class OneRow {
public:
    OneRow(const at::Tensor& x, const FrozenWeight& weight) {
        const std::int64_t depth = x.size(1), sixteens = depth / 16;
        if (packed_loops().to_sixteens == nullptr || x.size(0) != 1) return;
        if (std::none_of(weight.pieces().begin(), weight.pieces().end(), in_blocks)) return;
        buffer_ = at::empty({2 * sixteens + depth / 2}, at::kFloat);
        auto* const floats = buffer_.mutable_data_ptr<float>();
        row_ = {.values = static_cast<std::int16_t*>(static_cast<void*>(floats + 2 * sixteens)),
            .scales = floats,
            .sums = floats + sixteens};
        packed_loops().to_sixteens(x.const_data_ptr<float>(), depth, row_);
    }
    const RowInSixteens& row() const { return row_; }

private:
    at::Tensor buffer_;
    RowInSixteens row_;
};

/// The loops' product of x with rows below each other, from the weight's row `first` on.
void multiply_rows(const at::Tensor& y, const at::Tensor& x, const PackedRows& piece, std::int64_t first,
    const RowInSixteens& one = {}) {
    const PackedTask task{.type = piece.type,
        .rows = bytes_of_row(piece, 0),
        .row_bytes = piece.bytes.size(1),
        .depth = piece.columns,
        .x = x.const_data_ptr<float>(),
        .one = one,
        .x_rows = x.size(0),
        .y = static_cast<float*>(y.data_ptr()) + first,
        .y_stride = y.stride(0)};
    const ScaledTask scaled{
        task.type, task.rows, task.row_bytes, task.depth, task.x, task.x_rows, task.y, task.y_stride};
    at::parallel_for(0, piece.bytes.size(0),
        std::max<std::int64_t>(1, values_worth_a_thread / std::max<std::int64_t>(1, piece.columns)),
        [&](std::int64_t begin, std::int64_t end) {
            if (is_scaled(piece.type))
                scaled_loops().multiply(scaled, begin, end);
            else
                packed_loops().multiply(task, begin, end);
        });
}

} // namespace

FrozenWeight::FrozenWeight(std::vector<PackedRows> pieces, at::ScalarType type)
    : pieces_(std::move(pieces)), columns_(pieces_.front().columns), type_(type) {
    for (const PackedRows& piece : pieces_) {
        assert(piece.columns == columns_ && piece.bytes.size(1) == bytes_of_values(piece, columns_));
        rows_ += piece.bytes.size(0);
    }
}

FrozenWeight FrozenWeight::below_each_other(const std::vector<FrozenWeight>& weights) {
    std::vector<PackedRows> pieces;
    for (const FrozenWeight& weight : weights) {
        if (weight.is_packed())
            pieces.insert(pieces.end(), weight.pieces_.begin(), weight.pieces_.end());
        else
            pieces.push_back(as_rows(weight.plain));
    }
    return {std::move(pieces), weights.front().type()};
}

at::Device FrozenWeight::device() const {
    return plain.defined() ? plain.device() : pieces_.front().bytes.device();
}

std::int64_t FrozenWeight::bytes() const {
    if (plain.defined()) return static_cast<std::int64_t>(plain.nbytes());
    std::int64_t sum = 0;
    for (const PackedRows& piece : pieces_) sum += piece.bytes.numel();
    return sum;
}

at::Tensor FrozenWeight::whole() const { return is_packed() ? some(0, rows_) : plain; }

at::Tensor FrozenWeight::some(std::int64_t begin, std::int64_t count) const {
    if (plain.defined()) return plain.narrow(0, begin, count);
    const at::Tensor values =
        at::empty({count, columns_}, at::TensorOptions(type_).device(pieces_.front().bytes.device()));
    if (!values.is_meta()) unpacked_tile(*this, {begin, count, 0, columns_}, values);
    return values;
}

at::Tensor FrozenWeight::at(const at::Tensor& indices) const {
    if (plain.defined()) return at::embedding(plain, indices);
    const at::Tensor places = indices.contiguous();
    const at::Tensor values = at::empty({places.numel(), columns_}, at::TensorOptions(type_));
    const auto* const place = places.const_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < places.numel(); ++i) {
        TORCH_CHECK_INDEX(place[i] >= 0 && place[i] < rows_, "row ", place[i], " of ", rows_);
        for_pieces(*this, place[i], 1, [&](const PackedRows& piece, std::int64_t row, auto, auto) {
            unpack_part(piece, {bytes_of_row(piece, row), columns_, 0, columns_}, values, i * columns_);
        });
    }
    return values;
}

at::Tensor unpacked_tile(const FrozenWeight& weight, const WeightTile& tile, const at::Tensor& buffer) {
    const at::Tensor values = buffer.view({-1}).narrow(0, 0, tile.rows * tile.columns);
    for_pieces(weight, tile.row, tile.rows,
        [&](const PackedRows& piece, std::int64_t row, std::int64_t count, std::int64_t first) {
            at::parallel_for(0, count, std::max<std::int64_t>(1, values_worth_a_thread / tile.columns),
                [&](std::int64_t begin, std::int64_t end) {
                    for (std::int64_t i = begin; i < end; ++i)
                        unpack_part(piece,
                            {bytes_of_row(piece, row + i), piece.columns, tile.column, tile.columns}, values,
                            (first + i - tile.row) * tile.columns);
                });
        });
    return values.view({tile.rows, tile.columns});
}

std::int64_t largest_block(const FrozenWeight& weight) {
    std::int64_t most = 1;
    for (const PackedRows& piece : weight.pieces()) most = std::max(most, layout(piece.type).values);
    return most;
}

at::Tensor few_rows_product(const at::Tensor& x, const FrozenWeight& weight) {
    const at::Tensor wide = x.to(at::kFloat).contiguous();
    const at::Tensor y = at::empty({x.size(0), weight.rows()}, wide.options());
    if (!weight.is_packed()) {
        multiply_rows(y, wide, as_rows(weight.plain), 0);
        return y;
    }
    const OneRow one(wide, weight);
    std::int64_t first = 0;
    for (const PackedRows& piece : weight.pieces()) {
        multiply_rows(y, wide, piece, first, one.row());
        first += piece.bytes.size(0);
    }
    return y;
}

} // namespace lora
