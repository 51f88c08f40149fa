#include "engine/architectures/catalog.h"

#include "engine/architectures/architecture.h"
#include "engine/architectures/config_fields.h"
#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/mapping_guard.h"
#include "engine/run_settings/words.h"

#include <filesystem>
#include <optional>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

// Each in its own file.
extern const Architecture bert, bloom, cohere2, deberta_v2, deepseek_v3, distilbert, electra, exaone4, falcon,
    gemma, gemma2, gemma3, gemma3_text, gemma4, gemma4_text, glm4, gpt2, gpt_neox, gpt_oss, granite,
    granitemoe, lfm2, llama, ministral3, mistral, mistral3, mixtral, modernbert, nemotron, olmo2, olmo3,
    olmoe, opt, phi, phi3, qwen2, qwen3, qwen3_5, qwen3_5_text, qwen3_moe, qwen3_next, qwen3_vl, roberta,
    smollm3, stablelm, starcoder2, xlm_roberta;

namespace {

const Architecture* const architectures[] = {
    &llama, // before mistral, which has its name in GGUF
    &bert,
    &bloom,
    &cohere2,
    &deberta_v2,
    &deepseek_v3,
    &distilbert,
    &electra,
    &exaone4,
    &falcon,
    &gemma,
    &gemma2,
    &gemma3_text, // before gemma3, which has its name in GGUF
    &gemma3,
    &gemma4,
    &gemma4_text,
    &glm4,
    &gpt2,
    &gpt_neox,
    &gpt_oss,
    &granite,
    &granitemoe,
    &lfm2,
    &ministral3,
    &mistral,
    &mistral3,
    &mixtral,
    &modernbert,
    &nemotron,
    &olmo2,
    &olmo3,
    &olmoe,
    &opt,
    &phi,
    &phi3,
    &qwen2,
    &qwen3,
    &qwen3_5,
    &qwen3_5_text,
    &qwen3_moe,
    &qwen3_next,
    &qwen3_vl,
    &roberta,
    &smollm3,
    &stablelm,
    &starcoder2,
    &xlm_roberta,
};

const Architecture& architecture_of(const Json& config, const std::string& where) {
    const std::string model_type = JsonFields(config, where).string("model_type");
    for (const Architecture* known : architectures)
        if (model_type == known->model_type) return *known;
    std::string names;
    for (const auto& known : known_architectures()) names += (names.empty() ? "" : ", ") + known;
    fail(where, "the architecture '" + shown(model_type) + "'", "one of: " + names);
}

Family family_of(const std::string& name, bool in_gguf) {
    for (const Architecture* known : architectures)
        if (name == (in_gguf ? known->dialect.gguf.architecture : std::string_view(known->model_type)))
            return {known->model_type, known->dialect};
    return {name, {}};
}

std::string display_name(const Weights& weights) {
    if (weights.is_gguf()) {
        const std::string name = weights.gguf().string_or("general.name", "");
        const std::string file = std::filesystem::path(weights.path()).stem().string();
        return file.empty() ? shown(name, 80) : file;
    }
    const std::filesystem::path path(weights.path());
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

Tokenizer tokenizer_of(const Weights& weights) {
    return weights.is_gguf() ? Tokenizer::from_gguf(weights.gguf()) : Tokenizer::from_folder(weights.path());
}

// The linears before the last are square.
std::int64_t inner_head_of(const Model& model, std::int64_t width) {
    std::int64_t values = 0;
    const std::vector<HeadLinear> head = model.own_head();
    for (std::size_t i = 0; i + 1 < head.size(); ++i)
        values += width * width + (head[i].has_bias ? width : 0);
    return values;
}

ModelSummary summarize(Model& model, const Weights& weights) {
    ModelSummary summary;
    const JsonFields config(weights.config(), weights.config_file());
    summary.path = weights.path();
    summary.name = display_name(weights);
    summary.model_type = config.string("model_type");
    summary.task = model.task();
    summary.format = weights.format();
    summary.layers = config.integer_or("num_hidden_layers", 0, 0, 1 << 20);
    summary.hidden_size = config.integer_or("hidden_size", 0, 0, 1 << 30);
    summary.vocab_size = model.vocab_size();
    summary.context_length = model.context_length();
    summary.kept_values = model.kept_values();
    summary.inner_head = inner_head_of(model, summary.hidden_size);
    summary.packable_values = weights.quantized().values;
    summary.packable_bytes = weights.quantized().bytes;
    for (const NamedParameter& parameter : model.named_parameters()) {
        summary.parameters += parameter.values();
        summary.weight_bytes += parameter.bytes();
        summary.packed |= parameter.packed != nullptr;
    }
    for (const auto& [path, layer, linear] : model.named_linears()) {
        summary.dtype = linear->frozen().type() == at::kBFloat16 ? "bfloat16" : "float32";
        const std::size_t last = path.rfind('.');
        LinearInfo info{.path = path,
            .layer = layer,
            .module = path,
            .group = {},
            .in = linear->in(),
            .out = linear->out()};
        if (last != std::string::npos) {
            info.module = path.substr(last + 1);
            const std::string number = "." + std::to_string(layer) + ".";
            const std::size_t block = layer < 0 ? std::string::npos : path.find(number);
            if (const std::size_t begin = block + number.size(); block != std::string::npos && begin < last)
                info.group = path.substr(begin, last - begin);
        }
        summary.linears.push_back(std::move(info));
    }
    return summary;
}

std::optional<BlockType> made_type(QuantizedWeights quantized) {
    if (quantized == QuantizedWeights::Nf4) return BlockType::NF4;
    if (quantized == QuantizedWeights::Int8) return BlockType::Int8;
    return std::nullopt;
}

/// Every dropout is looked at before a block is put together: g++ 12 destroys parts of a braced value twice
/// where a later part of it throws.
void need_probabilities(const Json& config, const std::string& where) {
    const ConfigFields fields(config, where);
    for (const auto& [key, value] : config.items())
        if (value.is_number()
            && (key.ends_with("dropout") || key.ends_with("pdrop") || key.ends_with("dropout_prob")))
            (void)fields.probability(key, 0);
}

} // namespace

std::vector<std::string> known_architectures() {
    std::vector<std::string> names;
    for (const Architecture* known : architectures) names.emplace_back(known->model_type);
    return names;
}

LoadedModel load_model(const std::string& path, const std::string& device, at::ScalarType type,
    const LoadProgress& progress, const std::stop_token& stop, QuantizedWeights quantized) {
    Weights weights = open_weights(path);
    architecture_of(weights.config(), weights.config_file());
    Tokenizer tokenizer = tokenizer_of(weights);
    weights.prepare(at::Device(device), type, progress, stop, quantized != QuantizedWeights::Unpacked);
    if (const std::optional<BlockType> made = made_type(quantized)) {
        if (!at::Device(device).is_cpu())
            fail("{quantized}", "'" + name(quantized) + "' on " + device, "packed or unpacked there",
                "NF4 and int8 are for the CPU: choose the device cpu, or bfloat16 on the GPU");
        weights.quantize_linears(*made);
    }
    std::unique_ptr<Model> model = make_model(weights, at::Device(device));
    if (tokenizer.size() > model->vocab_size())
        fail(weights.path(), std::to_string(tokenizer.size()) + " token ids",
            "no more than the model's vocabulary of " + std::to_string(model->vocab_size()),
            "is this the tokenizer of that model?");
    ModelSummary summary = summarize(*model, weights);
    summary.device = model->device().str();
    if (made_type(quantized)) summary.made = name(quantized);
    summary.has_chat_template = !tokenizer.chat_templates().empty();
    need_unchanged_files();
    return {std::move(model), std::move(tokenizer), std::move(summary)};
}

ModelSummary describe_model(const std::string& path) {
    Weights weights = open_weights(path);
    weights.prepare(at::kMeta, at::kFloat, {}, {});
    return summarize(*make_model(weights, at::kMeta), weights);
}

Weights open_weights(const std::string& path) { return Weights::open(path, family_of); }

std::unique_ptr<Model> make_model(const Weights& weights, const at::Device& device) {
    return make_model(weights.config(), weights, device);
}

std::unique_ptr<Model> make_model(const Json& config, const Weights& weights, const at::Device& device) {
    need_probabilities(config, weights.config_file());
    return architecture_of(config, weights.config_file()).make(config, weights, device);
}

const Dialect& dialect_of(const Json& config, const std::string& where) {
    return architecture_of(config, where).dialect;
}

bool has_transposed_linears(const std::string& model_type) {
    return family_of(model_type, /*in_gguf=*/false).dialect.transposed;
}

bool has_other_parts(const std::string& model_type) {
    return !family_of(model_type, /*in_gguf=*/false).dialect.text_part.empty();
}

Tokenizer open_tokenizer(const std::string& path) { return tokenizer_of(open_weights(path)); }

} // namespace lora
