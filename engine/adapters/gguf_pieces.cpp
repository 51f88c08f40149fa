#include "engine/adapters/gguf_pieces.h"

#include "engine/adapters/gguf_rows.h"
#include "engine/adapters/merged_weight.h"
#include "engine/checkpoints/gguf_names.h"
#include "engine/error.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

// A checkpoint's tensor; matrices as [out, in], also where the file has them turned.
std::function<at::Tensor()> reading(
    const Weights& base, const std::string& path, std::vector<std::int64_t> shape) {
    const bool turned = shape.size() == 2 && is_transposed(path, base.dialect());
    if (turned) std::swap(shape[0], shape[1]);
    return [base, path, shape, turned] {
        const at::Tensor values = base.tensor(path, shape);
        base.check();
        return turned ? values.t() : values;
    };
}

std::vector<GgufPiece>::iterator find_piece(std::vector<GgufPiece>& pieces, const std::string& name) {
    return std::find_if(
        pieces.begin(), pieces.end(), [&](const GgufPiece& piece) { return piece.plan.name == name; });
}

} // namespace

BlockType type_of_piece(const std::string& name, const std::vector<std::int64_t>& shape, BlockType type) {
    if (shape.size() < 2 || name.starts_with("position_embd.")) return BlockType::F32;
    return shape.back() % layout(type).values == 0 ? type : BlockType::F16;
}

std::vector<GgufPiece> pieces_of_gguf(const Weights& base) {
    std::vector<GgufPiece> pieces;
    for (const GgufTensor& tensor : base.gguf().tensors())
        pieces.push_back({.plan = {tensor.name, tensor.type, tensor.shape},
            .path = checkpoint_name(tensor.name, base.dialect()),
            .bytes = tensor.bytes});
    std::sort(pieces.begin(), pieces.end(),
        [](const GgufPiece& a, const GgufPiece& b) { return a.bytes.data() < b.bytes.data(); });
    return pieces;
}

std::vector<GgufPiece> pieces_of_folder(const Weights& base, Model& model, BlockType type) {
    std::vector<GgufPiece> pieces;
    for (const NamedParameter& parameter : model.named_parameters()) {
        const std::string name = gguf_name(parameter.path, base.dialect());
        if (name == parameter.path)
            fail(base.path() + ": tensor '" + shown(parameter.path) + "'", "no name for it in GGUF",
                "tensors that llama.cpp knows", "write a Hugging Face folder instead");
        const std::vector<std::int64_t> shape = parameter.whole().sizes().vec();
        std::vector<std::int64_t> written = shape;
        const bool is_convolution = shape.size() == 3 && shape[1] == 1; // of each channel by itself
        if (is_convolution) written.erase(written.begin() + 1);
        pieces.push_back(
            {.plan = {name, is_convolution ? BlockType::F32 : type_of_piece(name, written, type), written},
                .path = parameter.path,
                .values = reading(base, parameter.path, shape)});
    }
    return pieces;
}

bool change_pieces(
    std::vector<GgufPiece>& pieces, const Weights& base, const Adapter& adapter, BlockType type) {
    const Dialect& dialect = base.dialect();
    const bool cut = adapter.vera && !adapter.vera->knows_widths();
    const std::string embedding = gguf_name(std::string(dialect.embedding), dialect);
    std::string problems;
    bool untied = false;
    for (const TargetUpdate& target : adapter.targets) {
        const std::string name = gguf_name(target.path + ".weight", dialect);
        auto piece = find_piece(pieces, name);
        if (piece == pieces.end() && target.path == dialect.head) {
            GgufPiece own = *find_piece(pieces, embedding);
            own.plan.name = name;
            piece = pieces.insert(pieces.end(), std::move(own));
            untied = true;
        }
        if (piece == pieces.end()) {
            problems += "\n  " + shown(target.path);
            continue;
        }
        if (!piece->values) piece->values = reading(base, piece->path, piece->plan.shape);
        piece->plan.type = type_of_piece(name, piece->plan.shape, type);
        piece->values = [read = piece->values, update = target.update, cut, path = target.path] {
            return merged_weight(read(), update, cut, path);
        };
    }
    if (!problems.empty())
        throw Error(base.path() + ": the adapter does not fit this model, which lacks" + problems);
    return untied;
}

at::Tensor converted(const GgufPiece& piece, const Weights& base) {
    const Dialect& dialect = base.dialect();
    const JsonFields config(base.config(), base.config_file());
    const std::int64_t heads = config.integer("num_attention_heads", 1, 1 << 20);
    const AttentionHeads shared{heads, config.integer_or("num_key_value_heads", heads, 1, 1 << 20)};
    at::Tensor values = piece.values().reshape(piece.plan.shape);
    if (dialect.gguf.added_to_norms != 0 && piece.plan.name.ends_with("norm.weight"))
        values = values + dialect.gguf.added_to_norms;
    return in_gguf_rows(
        values.contiguous(), piece.plan.name, shared, dialect, /*back=*/false, shown(piece.path))
        .contiguous();
}

} // namespace lora
