#include "engine/adapters/merged_gguf_fields.h"

#include "engine/checkpoints/gguf_fields.h"
#include "engine/text/gguf_tokenizer_fields.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

// Source: llama_ftype in llama.cpp's llama.h.
std::uint32_t file_type(BlockType type) {
    switch (type) {
    case BlockType::F16: return 1;
    case BlockType::Q8_0: return 7;
    case BlockType::BF16: return 32;
    default: return 0;
    }
}

void add_general(GgufFields& fields, BlockType type) {
    fields.emplace_back("general.file_type", file_type(type));
    if (type == BlockType::Q8_0) fields.emplace_back("general.quantization_version", std::uint32_t{2});
}

// The file's heads may have a size that config.json leaves to the architecture.
Json with_head_size(Json config, const std::vector<GgufPiece>& pieces) {
    if (config.contains("head_dim") && !config["head_dim"].is_null()) return config;
    const auto heads = config.at("num_attention_heads").get<std::int64_t>();
    for (const GgufPiece& piece : pieces)
        if (piece.plan.name == "blk.0.attn_q.weight") config["head_dim"] = piece.plan.shape[0] / heads;
    return config;
}

} // namespace

GgufFields copied_fields(const GgufFile& base, BlockType type) {
    GgufFields fields;
    for (const auto& [key, bytes] : base.raw())
        if (key != "general.file_type" && key != "general.quantization_version" && key != "general.alignment"
            && !key.starts_with("split."))
            fields.emplace_back(key, RawGgufValue{bytes});
    add_general(fields, type);
    return fields;
}

GgufFields new_fields(const Weights& base, std::vector<GgufPiece>& pieces, BlockType type,
    std::int64_t vocab_size, std::vector<std::string>& notes) {
    const Dialect& dialect = base.dialect();
    const std::filesystem::path folder(base.path());
    const std::string name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
    GgufFields fields{{"general.architecture", std::string(dialect.gguf.architecture)},
        {"general.type", std::string("model")}, {"general.name", name}};
    add_general(fields, type);
    GgufConfig config = gguf_fields(with_head_size(base.config(), pieces), dialect, base.config_file());
    std::move(config.metadata.begin(), config.metadata.end(), std::back_inserter(fields));
    for (GgufFactors& factors : config.tensors) {
        const std::vector<std::int64_t> shape{static_cast<std::int64_t>(factors.values.size())};
        pieces.push_back({.plan = {factors.name, BlockType::F32, shape},
            .path = {},
            .values = [values = std::move(factors.values)] {
                return at::tensor(at::ArrayRef<float>(values), at::kFloat);
            }});
    }
    GgufFields tokenizer =
        gguf_tokenizer_fields(Tokenizer::from_folder(base.path()), vocab_size, base.path(), notes);
    std::move(tokenizer.begin(), tokenizer.end(), std::back_inserter(fields));
    return fields;
}

} // namespace lora
