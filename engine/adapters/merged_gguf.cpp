#include "engine/adapters/merged_gguf.h"

#include "engine/adapters/gguf_packing.h"
#include "engine/adapters/gguf_pieces.h"
#include "engine/adapters/merged_gguf_fields.h"
#include "engine/architectures/catalog.h"
#include "engine/blocks/decoder.h"
#include "engine/blocks/grouped_attention.h"
#include "engine/checkpoints/gguf_names.h"
#include "engine/error.h"
#include "engine/files/mapping_guard.h"
#include "engine/files/staged_file.h"
#include "engine/text/gguf_tokenizer_fields.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

// Its values are read with the head of a file.
bool stands_for_a_field(const GgufPiece& piece) { return piece.plan.name.starts_with("rope_"); }

// A window that llama.cpp does not know changes nothing for texts that fit into it; all else must be equal.
void need_same_traits(const std::vector<Trait>& written, const std::vector<Trait>& base,
    std::int64_t context_length, const std::string& where, std::vector<std::string>& notes) {
    std::int64_t window = context_length;
    if (written.size() != base.size())
        fail(where, "a model that GGUF describes otherwise", "one that llama.cpp computes in the same way");
    for (std::size_t i = 0; i < base.size(); ++i) {
        if (written[i] == base[i]) continue;
        if (base[i].what.ends_with(window_trait) && written[i].value == "0")
            window = std::min<std::int64_t>(window, std::stoll(base[i].value));
        else
            fail(where + ": " + base[i].what, base[i].value,
                written[i].value + ", which is what llama.cpp computes",
                "write a Hugging Face folder instead");
    }
    if (window < context_length)
        notes.push_back("In llama.cpp each token of this model sees the whole text before it, here "
                        + std::to_string(window) + " tokens: longer texts come out otherwise there.");
}

// The model that the file describes reads all that is in it.
void need_all_read(
    Model& written, const Dialect& dialect, const Weights& base, const std::vector<GgufPiece>& pieces) {
    std::set<std::string> read;
    for (const NamedParameter& parameter : written.named_parameters())
        read.insert(gguf_name(parameter.path, dialect));
    for (const GgufPiece& piece : pieces)
        if (!stands_for_a_field(piece) && !read.contains(piece.plan.name))
            fail(base.path() + ": tensor '" + shown(piece.path) + "'", "one that llama.cpp has no place for",
                "a model of " + std::string(base.dialect().gguf.architecture) + " without it",
                "write a Hugging Face folder instead");
}

std::unique_ptr<Model> shape_of(const std::string& path) {
    Weights weights = open_weights(path);
    weights.prepare(at::kMeta, at::kFloat, {}, {});
    return make_model(weights, at::kMeta);
}

// The model of the file as far as it is written: its head, and the tensors that stand for fields.
std::unique_ptr<Model> shape_of(const StagedFile& staged, const Weights& base) {
    try {
        return shape_of(staged.staged_path());
    } catch (const Error& failure) {
        throw Error(base.path() + ": GGUF has no words for all of this model; what was written of it reads: "
                    + failure.what());
    }
}

void check_head(const StagedFile& staged, const Weights& base, const std::vector<GgufPiece>& pieces,
    const Model& shape, bool untied, std::vector<std::string>& notes) {
    const std::unique_ptr<Model> model = shape_of(staged, base);
    std::vector<Trait> written = model->traits(), traits = shape.traits();
    if (untied)
        for (std::vector<Trait>* const all : {&written, &traits})
            std::erase_if(*all, [](const Trait& trait) { return trait.what == head_trait; });
    need_same_traits(written, traits, shape.context_length(), base.config_file(), notes);
    if (base.is_gguf()) return;
    const Dialect dialect = open_weights(staged.staged_path()).dialect();
    need_all_read(*model, dialect, base, pieces);
    need_same_tokens(open_tokenizer(staged.staged_path()), Tokenizer::from_folder(base.path()), base.path());
}

void write_piece(StagedFile& staged, const GgufPiece& piece, const Weights& base) {
    const std::uint64_t size = gguf_tensor_bytes(piece.plan);
    if (!piece.values) {
        staged.write({reinterpret_cast<const char*>(piece.bytes.data()), piece.bytes.size()});
    } else {
        constexpr std::int64_t values_at_once = 1 << 22;
        const at::Tensor values = converted(piece, base);
        const std::int64_t rows = values.size(0);
        const std::int64_t some =
            std::max<std::int64_t>(1, values_at_once * rows / std::max<std::int64_t>(1, values.numel()));
        for (std::int64_t row = 0; row < rows; row += some)
            staged.write(gguf_packed(values.narrow(0, row, std::min(some, rows - row)), piece.plan.type,
                "tensor '" + shown(piece.plan.name) + "'"));
    }
    staged.write(gguf_padding(size));
}

void need_gguf_name(const Weights& base, const Adapter& adapter) {
    if (adapter.head)
        fail(base.path(), "an adapter with a classifier's head", "one of a model that predicts tokens",
            "write a Hugging Face folder instead");
    if (adapter.tokens)
        fail(base.path(), "an adapter with rows of tokens", "one without, to be written as GGUF at once",
            "merge into a Hugging Face folder, and let llama.cpp's convert_hf_to_gguf.py make the file of "
            "it");
    if (base.dialect().gguf.architecture.empty())
        fail(base.config_file() + ": model_type", "'" + shown(base.config().value("model_type", "")) + "'",
            "an architecture that llama.cpp has a name for", "write a Hugging Face folder instead");
    if (base.dialect().experts != nullptr)
        fail(base.config_file(), "a mixture of experts", "a model without, to be written as GGUF",
            "write a Hugging Face folder instead");
}

void note_wider_rows(const std::vector<GgufPiece>& pieces, BlockType type, std::vector<std::string>& notes) {
    const auto wider = std::count_if(pieces.begin(), pieces.end(), [&](const GgufPiece& piece) {
        return piece.values && type == BlockType::Q8_0 && piece.plan.type == BlockType::F16;
    });
    if (wider > 0)
        notes.push_back(std::to_string(wider)
                        + " tensors are in F16: their rows are no multiple of the 32 values of a block.");
}

} // namespace

MergedModel merge_to_gguf(const std::string& model, const Adapter& adapter, const std::string& file,
    BlockType type, const LoadProgress& progress, const std::stop_token& stop) {
    const c10::NoGradGuard no_gradient;
    need_no_file(file);
    if (std::filesystem::path(file).extension() != ".gguf")
        fail(file, "another name", "one that ends with .gguf, by which a GGUF file is known");
    Weights base = open_weights(model);
    need_gguf_name(base, adapter);
    base.prepare(at::kCPU, at::kFloat, {}, {});
    const std::unique_ptr<Model> shape = shape_of(model);

    MergedModel result{.path = file, .files = {file}};
    std::vector<GgufPiece> pieces =
        base.is_gguf() ? pieces_of_gguf(base) : pieces_of_folder(base, *shape, type);
    const bool untied = change_pieces(pieces, base, adapter, type);
    if (untied)
        result.notes.emplace_back(
            "The head was tied to the embedding; it has its own weight now, since the adapter changes it.");
    const GgufFields fields = base.is_gguf()
                                  ? copied_fields(base.gguf(), type)
                                  : new_fields(base, pieces, type, shape->vocab_size(), result.notes);
    note_wider_rows(pieces, type, result.notes);
    const auto weights = std::stable_partition(pieces.begin(), pieces.end(), stands_for_a_field);
    std::vector<GgufPlan> plans;
    for (const GgufPiece& piece : pieces) plans.push_back(piece.plan);

    const GgufHead head = gguf_head(fields, plans);
    const auto all_bytes = static_cast<std::int64_t>(head.file_bytes - head.bytes.size());
    StagedFile staged(file, head.file_bytes);
    staged.write(head.bytes);
    for (auto piece = pieces.begin(); piece != pieces.end(); ++piece) {
        if (piece == weights) check_head(staged, base, pieces, *shape, untied, result.notes);
        if (stop.stop_requested()) throw Error("the writing of the model was stopped");
        write_piece(staged, *piece, base);
        result.bytes += static_cast<std::int64_t>(gguf_tensor_bytes(piece->plan));
        if (progress) progress(result.bytes, all_bytes);
    }
    need_unchanged_files();
    staged.commit();
    return result;
}

} // namespace lora
