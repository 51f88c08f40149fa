#include "engine/adapters/gguf_adapter.h"

#include "engine/adapters/gguf_rows.h"
#include "engine/adapters/whole_update.h"
#include "engine/architectures/catalog.h"
#include "engine/checkpoints/experts.h"
#include "engine/checkpoints/gguf_names.h"
#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/gguf_write.h"

#include <cmath>
#include <cstring>
#include <map>
#include <optional>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::string_view suffix_a = ".lora_a", suffix_b = ".lora_b", weight_suffix = ".weight";

struct Base {
    const Dialect& dialect;
    AttentionHeads heads;
    bool tied_head = false;

    explicit Base(const Json& config) : dialect(dialect_of(config, where)) {
        const JsonFields fields(config, where);
        if (dialect.gguf.architecture.empty())
            fail(std::string(where) + ": model_type", "'" + shown(fields.string("model_type")) + "'",
                "an architecture that llama.cpp has a name for");
        heads.count = fields.integer("num_attention_heads", 1, 1 << 20);
        heads.kv_count = fields.integer_or("num_key_value_heads", heads.count, 1, 1 << 20);
        tied_head = fields.boolean_or("tie_word_embeddings", false);
    }

    std::string architecture() const { return std::string(dialect.gguf.architecture); }

    static constexpr const char* where = "the base model's configuration";
};

// The rows of B as GGUF has them, or back.
at::Tensor in_row_order(
    const at::Tensor& B, const std::string& name, const Base& base, bool back, const std::string& path) {
    return in_gguf_rows(B, name, base.heads, base.dialect, back, path + ": lora_B");
}

std::string name_of(const std::string& path, const Base& base) {
    if (expert_path(path))
        fail(shown(path), "an expert's linear", "attention and routers alone, in an adapter as GGUF",
            "take PEFT's format, or merge the adapter");
    std::string name = gguf_name(path + std::string(weight_suffix), base.dialect);
    if (name == path + std::string(weight_suffix))
        fail(shown(path), "no name for it in GGUF",
            "a linear of the " + base.architecture() + " architecture");
    return name;
}

at::Tensor plain(const at::Tensor& values) { return values.to(at::kCPU, at::kFloat).contiguous(); }

GgufValues values_of(const std::string& name, const at::Tensor& tensor) {
    return {name, tensor.sizes().vec(),
        {tensor.const_data_ptr<float>(), static_cast<std::size_t>(tensor.numel())}};
}

struct Pair {
    const GgufTensor* a = nullptr;
    const GgufTensor* b = nullptr;
};

std::map<std::string, Pair> pairs_of(const GgufFile& file) {
    std::map<std::string, Pair> pairs;
    for (const GgufTensor& tensor : file.tensors()) {
        const std::string place = file.path() + ": tensor '" + shown(tensor.name) + "'";
        const std::string_view name = tensor.name;
        const bool is_a = name.ends_with(suffix_a);
        if (!is_a && !name.ends_with(suffix_b))
            fail(place, "a tensor that is no part of a LoRA", "names that end with .lora_a or .lora_b");
        if (tensor.type != BlockType::F32 || tensor.shape.size() != 2)
            fail(place, std::string(layout(tensor.type).name), "a matrix in F32");
        Pair& pair = pairs[std::string(name.substr(0, name.size() - suffix_a.size()))];
        (is_a ? pair.a : pair.b) = &tensor;
    }
    return pairs;
}

at::Tensor tensor_of(const GgufTensor& tensor) {
    at::Tensor values = at::empty(tensor.shape, at::kFloat);
    if (!tensor.bytes.empty())
        std::memcpy(values.mutable_data_ptr(), tensor.bytes.data(), tensor.bytes.size());
    return values;
}

} // namespace

std::string gguf_adapter_bytes(const Adapter& adapter, const Json& config) {
    const Base base(config);
    if (adapter.targets.empty()) throw Error("the adapter has no targets");
    need_widths(adapter);
    if (adapter.tokens)
        fail("the adapter", "rows of tokens", "updates alone",
            "llama.cpp's adapters have no place for them; merge the adapter into the model instead");
    const auto alpha_of = [](const LowRank& update) {
        return update.scale * static_cast<double>(update.rank());
    };
    const double alpha = alpha_of(adapter.targets.front().update);
    // llama.cpp takes an alpha of 0 for none.
    if (alpha == 0) fail("the adapter", "a scale of 0", "one that is not 0");
    std::vector<at::Tensor> kept;
    std::vector<GgufValues> tensors;
    for (const auto& [path, ignored, update] : adapter.targets) {
        if (update.magnitude.defined())
            fail(path, "an update with DoRA's magnitude", "scale · B · A alone",
                "llama.cpp has no place for it; merge the adapter instead");
        if (path == base.dialect.head && base.tied_head)
            fail(path, "an update of a head that is tied to the embedding", "none",
                "llama.cpp has no place for it; merge the adapter instead");
        const std::string name = name_of(path, base);
        at::Tensor B = plain(update.B);
        if (alpha_of(update) != alpha) B = B * (alpha_of(update) / alpha);
        kept.push_back(plain(update.A));
        tensors.push_back(values_of(name + std::string(suffix_a), kept.back()));
        kept.push_back(plain(in_row_order(B, name, base, /*back=*/false, path)));
        tensors.push_back(values_of(name + std::string(suffix_b), kept.back()));
    }
    return gguf_bytes(
        {{"general.type", std::string("adapter")}, {"general.architecture", base.architecture()},
            {"adapter.type", std::string("lora")}, {"adapter.lora.alpha", static_cast<float>(alpha)}},
        tensors);
}

Adapter read_gguf_adapter(const std::string& path, const Json& config) {
    const Base base(config);
    const GgufFile file(path);
    const auto expect = [&](const char* key, const std::string& wanted) {
        const std::string found = file.string(key);
        if (found != wanted) fail(path + ": " + key, "'" + shown(found) + "'", wanted);
    };
    expect("general.type", "adapter");
    expect("adapter.type", "lora");
    expect("general.architecture", base.architecture());
    const double alpha = file.number_or("adapter.lora.alpha", 0);
    if (!std::isfinite(alpha)) fail(path + ": adapter.lora.alpha", std::to_string(alpha), "a number");
    Adapter adapter;
    for (const auto& [name, pair] : pairs_of(file)) {
        const std::string place = path + ": " + shown(name);
        if (pair.a == nullptr || pair.b == nullptr)
            fail(place, pair.a == nullptr ? "lora_b alone" : "lora_a alone", "both lora_a and lora_b");
        const std::int64_t rank = pair.a->shape[0];
        if (rank < 1 || pair.b->shape[1] != rank)
            fail(place,
                "lora_a of rank " + std::to_string(rank) + " and lora_b of rank "
                    + std::to_string(pair.b->shape[1]),
                "one rank of at least 1");
        const std::string target = checkpoint_name(name, base.dialect);
        if (target.empty() || !target.ends_with(weight_suffix))
            fail(place, "a tensor without a name in checkpoints",
                "a linear of the " + base.architecture() + " architecture");
        const std::string linear = target.substr(0, target.size() - weight_suffix.size());
        LowRank update{.A = tensor_of(*pair.a),
            .B = in_row_order(tensor_of(*pair.b), name, base, /*back=*/true, place),
            .scale = alpha == 0 ? 1 : alpha / static_cast<double>(rank)};
        for (const at::Tensor& half : {update.A, update.B})
            if (!at::isfinite(half).all().item<bool>()) fail(place, "values that are not finite", "numbers");
        adapter.targets.push_back(
            {linear, alpha == 0 ? static_cast<double>(rank) : alpha, std::move(update)});
    }
    if (adapter.targets.empty()) fail(path, "no tensors", "lora_a and lora_b of each target");
    return adapter;
}

} // namespace lora
