#pragma once
// A seeded two-layer Llama with a tokenizer of 500 tokens, written as a Hugging Face folder, and lines to
// train it on: for tests that need a whole model and no particular one.

#include "engine/files/json.h"
#include "engine/files/store.h"
#include "engine/models/safetensors_tensors.h"

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace tiny {

constexpr std::int64_t vocab = 500, hidden = 32, inner = 48, heads = 4, kv_heads = 2, head_dim = 8,
                       layers = 2;

inline lora::Json config() {
    return {{"model_type", "llama"}, {"vocab_size", vocab}, {"hidden_size", hidden},
        {"intermediate_size", inner}, {"num_hidden_layers", layers}, {"num_attention_heads", heads},
        {"num_key_value_heads", kv_heads}, {"max_position_embeddings", 128}, {"rms_norm_eps", 1e-5},
        {"tie_word_embeddings", true}, {"eos_token_id", 2}};
}

/// N(0, 0.3) from the seed, norms of ones; one weight of the last layer is NaN where `broken`.
inline std::vector<lora::NamedTensor> weights(std::uint64_t seed, bool broken) {
    at::Generator random = at::make_generator<at::CPUGeneratorImpl>(seed);
    std::vector<lora::NamedTensor> all;
    const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
        at::Tensor tensor = at::ones(shape, at::kFloat);
        all.push_back({name + ".weight", shape.size() == 1 ? tensor : tensor.normal_(0, 0.3, random)});
    };
    add("model.embed_tokens", {vocab, hidden});
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        const std::string at = "model.layers." + std::to_string(layer) + ".";
        for (const char* norm : {"input_layernorm", "post_attention_layernorm"}) add(at + norm, {hidden});
        for (const char* linear : {"q_proj", "o_proj"}) add(at + "self_attn." + linear, {hidden, hidden});
        for (const char* linear : {"k_proj", "v_proj"})
            add(at + "self_attn." + linear, {kv_heads * head_dim, hidden});
        for (const char* linear : {"gate_proj", "up_proj"}) add(at + "mlp." + linear, {inner, hidden});
        add(at + "mlp.down_proj", {hidden, inner});
    }
    if (broken) all.back().tensor[0][0] = std::nan("");
    add("model.norm", {hidden});
    return all;
}

/// Makes the folder; gives its path.
inline std::string write_model(const std::string& folder, std::uint64_t seed = 1, bool broken = false) {
    namespace fs = std::filesystem;
    fs::create_directories(folder);
    lora::write_file(folder + "/config.json", config().dump(2));
    lora::write_file(folder + "/model.safetensors", lora::tensors_as_safetensors(weights(seed, broken)));
    fs::copy_file(FIXTURES "/tokenizers/smollm/tokenizer.json", folder + "/tokenizer.json");
    return folder;
}

/// JSON Lines of prompts and completions of different lengths.
inline std::string lines(int samples) {
    std::string text;
    for (int i = 0; i < samples; ++i) {
        std::string prompt = "What is";
        for (int word = 0; word <= i % 4; ++word) prompt += " " + std::to_string(i + word);
        const lora::Json line{
            {"prompt", prompt + "?"}, {"completion", " It is " + std::to_string(i * i) + "."}};
        text += line.dump() + "\n";
    }
    return text;
}

/// The same questions with an answer that lines() never has: who learns those gets worse at it.
inline std::string lines_of_others(int samples) {
    std::string text = lines(samples), other;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        lora::Json line = lora::Json::parse(text.substr(begin, end - begin));
        line["completion"] = " nobody knows";
        other += line.dump() + "\n";
        begin = end + 1;
    }
    return other;
}

} // namespace tiny
