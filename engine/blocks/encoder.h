#pragma once
// A model that gives a whole text a label: tables whose rows are added up, a norm, blocks that see the text
// in both directions, a classifier of the first token.

#include "engine/blocks/block.h"
#include "engine/blocks/classifier.h"
#include "engine/models/model.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// A table of which each token takes a row.
struct EmbeddingTable {
    enum class Row {
        Token,
        Position,
        Type
    }; ///< by the token's id, its place in the text, which text of a pair it is of
    std::string path;
    Row row = Row::Token;
    at::Tensor weight = {};
    /// Of a table of positions: the number of the padding token. The first place has the row after it, and a
    /// text's own padding tokens take that row and are not counted. None: the first place has row 0.
    std::optional<std::int64_t> padding = {};
};

struct EncoderParts {
    Weights weights;                         ///< whose dialect names the classifier
    std::vector<EmbeddingTable> tables = {}; ///< first that of the tokens
    Norm embeddings_norm = {};
    DropoutPlace embeddings_dropout = {};
    std::optional<WideLinear> projection = {}; ///< one linear, from the tables' width to the blocks'
    Blocks blocks = {};
    Norm norm = {}; ///< after the blocks; may be none
    ClassifierParts classifier = {};
    std::int64_t width = 0; ///< D, of the blocks
    std::int64_t context_length = 0;
};

class Encoder : public Model {
public:
    /// Throws Error with every tensor that was missing or of another shape.
    explicit Encoder(EncoderParts parts);

    Task task() const override { return Task::Classification; }
    bool runs_fused(const Pass& pass) const override;
    /// Throws Error for a sample longer than the model's positions.
    at::Tensor hidden(const PackedTokens& tokens, const Pass& pass) const override;
    at::Tensor hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const override;
    /// Rows of the samples' first tokens [B, D] → [B, labels], float32. Throws Error without a head.
    at::Tensor logits(const at::Tensor& hidden, const Pass& pass) const override;
    const Linear& head() const override { return classifier_.last(); }
    std::vector<HeadLinear> own_head() const override { return classifier_.own_head(); }
    void set_head(const std::vector<HeadLinear>& head) override { classifier_.set_head(head); }
    std::vector<std::string> labels() const override { return classifier_.labels(); }
    Problem problem() const override { return classifier_.problem(); }
    std::vector<NamedLinear> named_linears() override;
    std::vector<NamedParameter> named_parameters() override;
    void parameters_replaced() override;
    std::int64_t kept_values() const override { return parts_.blocks.kept_values(); }
    std::int64_t vocab_size() const override { return tokens().size(0); }
    std::int64_t context_length() const override { return parts_.context_length; }
    at::Device device() const override { return tokens().device(); }

private:
    const at::Tensor& tokens() const { return parts_.tables.front().weight; }
    at::Tensor embedded(const PackedTokens& tokens, const Pass& pass) const;

    EncoderParts parts_;
    Classifier classifier_;
};

} // namespace lora
