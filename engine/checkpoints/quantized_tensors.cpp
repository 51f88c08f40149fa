#include "engine/checkpoints/quantized_tensors.h"

#include "engine/error.h"

#include <algorithm>
#include <array>

namespace lora {

namespace {

/// By what a tensor's name ends with where this program does not read the quantization.
struct Sign {
    std::string_view ending, method;
};
constexpr std::array<Sign, 12> signs = {{{".qweight", "GPTQ or AWQ"}, {".qzeros", "GPTQ or AWQ"},
    {".W_q", "HQQ"}, {".codebooks", "AQLM"}, {".weight_packed", "compressed-tensors"},
    {".weight._data", "quanto"}, {".weight_scales", "EETQ"}, {":_data", "torchao"},
    {"_weight_qdata", "torchao"}, {".weight:qdata", "torchao"}, {".trellis", "EXL3"}, {".q_weight", "EXL2"}}};

struct Method {
    std::string_view word, name; ///< of quant_method in config.json; for people
};
constexpr std::array<Method, 16> methods = {
    {{"gptq", "GPTQ"}, {"awq", "AWQ"}, {"hqq", "HQQ"}, {"aqlm", "AQLM"}, {"eetq", "EETQ"},
        {"torchao", "torchao"}, {"quanto", "quanto"}, {"compressed-tensors", "compressed-tensors"},
        {"fbgemm_fp8", "FBGEMM FP8"}, {"modelopt", "ModelOpt"}, {"higgs", "HIGGS"}, {"vptq", "VPTQ"},
        {"spqr", "SpQR"}, {"bitnet", "BitNet"}, {"auto-round", "AutoRound"}, {"exl3", "EXL3"}}};

constexpr std::string_view mxfp4 = "mxfp4"; // of gpt-oss, which its architecture reads

const Json* config_of(const Json& config) {
    for (const char* const key : {"quantization_config", "quantization"})
        if (const auto found = config.find(key); found != config.end() && found->is_object()) return &*found;
    return nullptr;
}

std::string method_of(const Json* config) {
    if (config == nullptr) return {};
    const auto word = config->find("quant_method");
    if (word != config->end() && word->is_string()) return word->get<std::string>();
    if (config->contains("load_in_4bit") || config->contains("load_in_8bit")) return "bitsandbytes";
    return config->contains("group_size") && config->contains("bits") ? "MLX" : "";
}

std::vector<std::int64_t> block_of(const Json* config, const std::string& config_file) {
    std::vector<std::int64_t> block = {128, 128};
    if (config == nullptr) return block;
    const auto found = config->find("weight_block_size");
    if (found == config->end() || found->is_null()) return block;
    const auto is_side = [](const Json& one) {
        return one.is_number_integer() && one > 0 && one <= std::int64_t{1} << 20;
    };
    if (!found->is_array() || found->size() != 2 || !is_side((*found)[0]) || !is_side((*found)[1]))
        fail(config_file + ": weight_block_size", shown(found->dump(), 60), "two numbers from 1 on");
    return {(*found)[0].get<std::int64_t>(), (*found)[1].get<std::int64_t>()};
}

[[noreturn]] void refuse(const FoundTensor& tensor, const std::string& word, std::string name) {
    for (const Method& known : methods)
        if (word == known.word) name = known.name;
    if (name.empty()) name = word.empty() ? "an unknown method" : shown(word, 40);
    const bool mlx = name == "MLX";
    fail(tensor.place(), "a weight quantized by " + name,
        "plain numbers, bitsandbytes' 4 or 8 bits, or FP8 with scales",
        mlx ? "take the folder that this one was made from (its name without mlx and bits), or a GGUF file "
              "of it"
            : "take the model's folder in 16 bits, one that bitsandbytes quantized, or a GGUF file of it");
}

bool is_plain(ElementType type) {
    return type == ElementType::F64 || type == ElementType::F32 || type == ElementType::F16
           || type == ElementType::BF16;
}

/// What says that a tensor belongs to a quantization that is not read; empty: nothing does.
std::string_view unread_method(const FoundTensor& tensor, const FindTensor& find) {
    const std::string& name = tensor.view->name;
    for (const Sign& sign : signs)
        if (name.ends_with(sign.ending)) return sign.method;
    if (!name.ends_with(".weight") || is_plain(tensor.view->type)) return {};
    const std::string module = name.substr(0, name.size() - std::string_view("weight").size());
    const bool grouped = find(module + "scales").view != nullptr;
    return tensor.view->type == ElementType::U32 && grouped ? "MLX" : "an unknown method";
}

std::string_view words_of(const QuantizedTensor& weight) {
    switch (weight.kind) {
    case QuantizedTensor::Kind::FourBits: return weight.is_fp4 ? "bitsandbytes FP4" : "bitsandbytes NF4";
    case QuantizedTensor::Kind::Int8: return "bitsandbytes int8";
    case QuantizedTensor::Kind::Float8: return "FP8";
    }
    return {};
}

} // namespace

QuantizedTensors::QuantizedTensors(std::span<const std::shared_ptr<const SafetensorsFile>> shards,
    const Json& config, const std::string& config_file) {
    const Json* const told = config_of(config);
    const std::string method = method_of(told);
    const std::vector<std::int64_t> block = block_of(told, config_file);
    const FindTensor find = [&](std::string_view name) {
        for (const auto& shard : shards)
            if (const TensorView* const view = shard->find(name)) return FoundTensor{view, shard->path()};
        return FoundTensor{};
    };
    for (const auto& shard : shards)
        for (const TensorView& view : shard->tensors()) {
            if (!view.name.ends_with(".weight")) continue;
            // Others have scales of their own, which may not be what they look like.
            if (view.type == ElementType::F8_E4M3 && !method.empty() && method != "fp8")
                refuse({&view, shard->path()}, method, {});
            std::optional<QuantizedTensor> weight = quantized_tensor(view.name, find, block);
            if (!weight) continue;
            parts_.insert(weight->beside.begin(), weight->beside.end());
            weights_.emplace(view.name, std::move(*weight));
        }
    for (const auto& shard : shards)
        for (const TensorView& view : shard->tensors()) {
            if (weights_.contains(view.name) || parts_.contains(view.name)) continue;
            const FoundTensor tensor{&view, shard->path()};
            if (const std::string_view sign = unread_method(tensor, find); !sign.empty())
                refuse(tensor, method, std::string(sign == "an unknown method" ? "" : sign));
        }
    std::set<std::string_view> kinds;
    for (const auto& [name, weight] : weights_) kinds.insert(words_of(weight));
    for (const std::string_view kind : kinds) words_.append(", ").append(kind);
    if (kinds.empty() && told != nullptr && !told->empty() && method != mxfp4)
        words_ = ", plain (config.json tells of a quantization"
                 + (method.empty() ? std::string() : " by " + shown(method, 40)) + ", the weights have none)";
}

const QuantizedTensor* QuantizedTensors::find(std::string_view name) const {
    const auto found = weights_.find(name);
    return found == weights_.end() ? nullptr : &found->second;
}

void forget_quantization(Json& config) {
    if (method_of(config_of(config)) == mxfp4) return;
    config.erase("quantization_config");
    config.erase("quantization");
}

} // namespace lora
