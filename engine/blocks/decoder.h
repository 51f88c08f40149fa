#pragma once
// A model that predicts the next token: an embedding, blocks, a norm, a head. What architectures differ in
// lies in its parts.

#include "engine/blocks/block.h"
#include "engine/blocks/layer_inputs.h"
#include "engine/models/model.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// A table of which each token takes the row of its place in the text.
struct LearnedPositions {
    std::string path = {};
    at::Tensor weight = {}; ///< [offset + positions, D]; undefined: there are none
    std::int64_t offset = 0;
};

/// How a decoder's traits call whose weight the head has.
constexpr const char* head_trait = "the head";

struct DecoderParts {
    Weights weights;             ///< whose dialect names embedding and head
    FrozenWeight embedding = {}; ///< [V, D]
    double embedding_multiplier = 1;
    LearnedPositions positions = {}; ///< added to the embedding
    Norm embedding_norm = {};        ///< of the embedding; may be none
    DropoutPlace embedding_dropout = {};
    std::optional<LayerInputs> layer_inputs = {};
    Blocks blocks = {};
    Norm norm = {};
    Linear head = {}; ///< without a weight: the embedding's
    LogitEnd logit_end = {};
    std::int64_t context_length = 0;
};

class Decoder : public Model {
public:
    /// Throws Error with every tensor that was missing or of another shape.
    explicit Decoder(DecoderParts parts);

    bool runs_fused(const Pass& pass) const override;
    /// Throws Error for a sample longer than learned positions reach.
    at::Tensor hidden(const PackedTokens& tokens, const Pass& pass) const override;
    at::Tensor hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const override;
    const Linear& head() const override { return parts_.head; }
    LogitEnd logit_end() const override { return parts_.logit_end; }
    std::vector<NamedLinear> named_linears() override;
    std::vector<NamedParameter> named_parameters() override;
    void parameters_replaced() override;
    std::vector<Trait> traits() const override;
    std::int64_t kept_values() const override;
    std::int64_t vocab_size() const override {
        return embedding_rows_ ? embedding_rows_->rows() : parts_.embedding.rows();
    }
    std::int64_t context_length() const override { return parts_.context_length; }
    at::Device device() const override { return parts_.embedding.device(); }
    void set_token_rows(const std::optional<TokenRows>& rows) override;
    TokenRows first_token_rows(const std::vector<std::int64_t>& ids) const override;
    bool has_token_rows() const override { return embedding_rows_.has_value(); }
    const ReplacedRows* head_rows() const override { return head_rows_ ? &*head_rows_ : nullptr; }

private:
    at::Tensor embedded(const PackedTokens& tokens, const Pass& pass) const;

    DecoderParts parts_;
    bool tied_;
    std::optional<ReplacedRows> embedding_rows_, head_rows_;
};

} // namespace lora
