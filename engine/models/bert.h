#pragma once
// The BERT architecture: learned positions, LayerNorm after each half of a block, attention in both
// directions, GELU; with a pooler and a new classifier on the first token. Source: Devlin et al. 2019; names
// and config fields as Hugging Face's BertForSequenceClassification has them.

#include "engine/files/json.h"
#include "engine/kernels/activation.h"
#include "engine/models/dropout.h"
#include "engine/models/model.h"
#include "engine/models/weights.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

struct BertConfig {
    std::int64_t vocab_size = 0;
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t num_hidden_layers = 0;
    std::int64_t num_attention_heads = 0;
    std::int64_t max_position_embeddings = 512;
    std::int64_t type_vocab_size = 2;
    double layer_norm_eps = 1e-12;
    Activation hidden_act = Activation::Gelu;
    double hidden_dropout_prob = 0.1;
    double attention_probs_dropout_prob = 0.1;
    double classifier_dropout = 0.1; ///< hidden_dropout_prob where the file has none
    std::vector<std::string> labels; ///< of a checkpoint that has a classifier, by class; else empty

    std::int64_t head_size() const { return hidden_size / num_attention_heads; }

    /// Throws Error for a field that is missing, out of range or does not divide, for an activation that is
    /// not known, and for a decoder or relative positions.
    static BertConfig from_json(const Json& config, const std::string& file);
};

class Bert : public Model {
public:
    /// Throws Error with every tensor that is missing or of another shape.
    Bert(const BertConfig& config, const Weights& weights, const at::Device& device);

    Task task() const override { return Task::Classification; }
    bool runs_fused(const Pass& pass) const override;
    /// Throws Error for a sample longer than max_position_embeddings.
    at::Tensor hidden(const PackedTokens& tokens, const Pass& pass) const override;
    /// The last block's halves go through for `rows` alone but for its keys and values.
    at::Tensor hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const override;
    /// Rows of the samples' first tokens [B, D] → [B, labels], float32. Throws Error without a head.
    at::Tensor logits(const at::Tensor& hidden, const Pass& pass) const override;
    const Linear& head() const override { return classifier_; }
    void set_head(const Linear& head) override;
    std::vector<std::string> labels() const override { return config_.labels; }
    std::vector<NamedLinear> named_linears() override;
    std::vector<NamedParameter> named_parameters() override;
    void parameters_replaced() override;
    std::int64_t vocab_size() const override { return config_.vocab_size; }
    std::int64_t context_length() const override { return config_.max_position_embeddings; }
    at::Device device() const override { return word_embeddings_.device(); }

private:
    struct Norm {
        at::Tensor weight, bias; // [D]
    };
    struct Block {
        Linear query, key, value;
        Linear attention_output;
        Norm attention_norm;
        Linear intermediate, output;
        Norm output_norm;
        at::Tensor qkv = {},
                   qkv_bias = {}; // query, key and value's weights, which are views of it, and biases

        std::vector<const Linear*> linears() const;
    };

    Block block(const Weights& weights) const;
    static void join(Block& block);
    Norm norm_of(const Weights& weights) const;
    Linear own_classifier(const Weights& weights) const;
    at::Tensor embeddings(const PackedTokens& tokens, const Pass& pass) const;
    at::Tensor fused_block(const Block& block, const at::Tensor& x, const PackedTokens& tokens,
        const at::Tensor& rows, const Pass& pass, std::int64_t layer) const;
    at::Tensor plain_block(const Block& block, const at::Tensor& x, const PackedTokens& tokens,
        const at::Tensor& rows, const Pass& pass, std::int64_t layer) const;
    at::Tensor self_attention(const Block& block, const at::Tensor& x, const PackedTokens& tokens,
        const Pass& pass, std::int64_t layer) const;
    at::Tensor normed(const at::Tensor& x, const Norm& norm) const;
    at::Tensor activated(const at::Tensor& x) const;

    BertConfig config_;
    at::Tensor word_embeddings_;       // [V, D]
    at::Tensor position_embeddings_;   // [positions, D]
    at::Tensor token_type_embeddings_; // [types, D]
    Norm embeddings_norm_;
    std::vector<Block> layers_;
    Linear pooler_;
    Linear own_classifier_; // the checkpoint's; without a weight where it has none
    Linear classifier_;     // the one in use
};

} // namespace lora
