#include "engine/targets/target_presets.h"

#include <algorithm>
#include <string>

namespace lora {

namespace {

// Query and value of the families; a module that holds query, key and value at once counts as both.
constexpr std::string_view query_and_value[] = {
    "q_proj", "v_proj",                      // Llama, Qwen, Gemma, Mistral, Phi
    "query", "value",                        // BERT, RoBERTa
    "q_lin", "v_lin",                        // DistilBERT
    "c_attn", "query_key_value", "qkv_proj", // GPT-2; GPT-NeoX, Falcon, BLOOM; Phi-3
    "in_proj_qkv", "in_proj_qkvz",           // Qwen 3.5's and Qwen 3 Next's delta rules
};

/// "self_attn", "attn", "attention", "self_attention", "SelfAttention" anywhere in the path: the group alone
/// would not tell BERT's attention.output.dense from its output.dense.
bool is_attention(const LinearInfo& linear) {
    std::string path = linear.path;
    std::transform(path.begin(), path.end(), path.begin(),
        [](char letter) { return 'A' <= letter && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; });
    return path.find("attn") != std::string::npos || path.find("attention") != std::string::npos;
}

/// LFM2's short convolutions, which stand where other blocks have attention.
bool is_convolution(const LinearInfo& linear) { return linear.group == "conv"; }

/// Gemma 4's inputs of its layers: per_layer_input_gate, per_layer_projection and, outside the blocks,
/// per_layer_model_projection. Neither attention nor MLP.
bool is_layer_input(const LinearInfo& linear) { return linear.module.starts_with("per_layer_"); }

bool is_query_or_value(const LinearInfo& linear) {
    return is_attention(linear)
           && std::find(std::begin(query_and_value), std::end(query_and_value), linear.module)
                  != std::end(query_and_value);
}

} // namespace

bool in_preset(const LinearInfo& linear, std::string_view preset) {
    if (is_layer_input(linear)) return preset == "all-linear";
    if (linear.layer < 0) return false;
    if (preset == "attention-qv") return is_query_or_value(linear);
    if (preset == "attention") return is_attention(linear);
    if (preset == "mlp") return !is_attention(linear) && !is_convolution(linear);
    return preset == "all-linear";
}

} // namespace lora
