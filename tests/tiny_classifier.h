#pragma once
// A seeded two-layer BERT with a tokenizer of word pieces, written as a Hugging Face folder without the
// prefix "bert.", and lines with labels: for tests that need a whole classifier and no particular one.

#include "engine/files/json.h"
#include "engine/files/store.h"
#include "engine/models/safetensors_tensors.h"

#include <filesystem>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace tiny {

inline std::string write_classifier(const std::string& folder) {
    constexpr std::int64_t entries = 500, width = 32, between = 48, positions = 64;
    at::Generator random = at::make_generator<at::CPUGeneratorImpl>(1);
    std::vector<lora::NamedTensor> all;
    const auto matrix = [&](const std::string& name, std::int64_t rows, std::int64_t columns) {
        all.push_back({name + ".weight", at::empty({rows, columns}, at::kFloat).normal_(0, 0.3, random)});
    };
    const auto linear = [&](const std::string& name, std::int64_t out, std::int64_t in) {
        matrix(name, out, in);
        all.push_back({name + ".bias", at::zeros({out}, at::kFloat)});
    };
    const auto norm = [&](const std::string& name) {
        all.push_back({name + ".LayerNorm.weight", at::ones({width}, at::kFloat)});
        all.push_back({name + ".LayerNorm.bias", at::zeros({width}, at::kFloat)});
    };
    matrix("embeddings.word_embeddings", entries, width);
    matrix("embeddings.position_embeddings", positions, width);
    matrix("embeddings.token_type_embeddings", 2, width);
    norm("embeddings");
    for (int layer = 0; layer < 2; ++layer) {
        const std::string at = "encoder.layer." + std::to_string(layer) + ".";
        for (const char* name : {"query", "key", "value"})
            linear(at + "attention.self." + name, width, width);
        linear(at + "attention.output.dense", width, width);
        norm(at + "attention.output");
        linear(at + "intermediate.dense", between, width);
        linear(at + "output.dense", width, between);
        norm(at + "output");
    }
    linear("pooler.dense", width, width);

    std::filesystem::create_directories(folder);
    const lora::Json config{{"model_type", "bert"}, {"vocab_size", entries}, {"hidden_size", width},
        {"intermediate_size", between}, {"num_hidden_layers", 2}, {"num_attention_heads", 4},
        {"max_position_embeddings", positions}, {"hidden_act", "gelu"}};
    lora::write_file(folder + "/config.json", config.dump(2));
    lora::write_file(folder + "/model.safetensors", lora::tensors_as_safetensors(all));
    std::filesystem::copy_file(FIXTURES "/tokenizers/bert/tokenizer.json", folder + "/tokenizer.json");
    return folder;
}

/// Texts whose first word tells their label.
inline std::string labelled_lines(int samples) {
    std::string text;
    for (int i = 0; i < samples; ++i) {
        const bool cat = i % 2 == 0;
        std::string words = cat ? "the cat" : "1234 dog";
        for (int more = 0; more < i % 5; ++more) words += " and they";
        const lora::Json line{{"text", words}, {"label", cat ? "cat" : "dog"}};
        text += line.dump() + "\n";
    }
    return text;
}

} // namespace tiny
