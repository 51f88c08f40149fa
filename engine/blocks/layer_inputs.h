#pragma once
// What a model gives each of its layers beside the text's hidden state: a row of a second embedding, and a
// projection of the first one, normed; half of each layer's input is what the token is, half what the model
// makes of it. Source: Gemma Team 2025 and 2026 (per-layer embeddings of Gemma 3n and 4).

#include "engine/blocks/norm.h"
#include "engine/blocks/place.h"
#include "engine/models/linear.h"
#include "engine/models/model.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

class LayerInputs {
public:
    struct Sizes {
        std::int64_t vocabulary = 0; ///< of the second embedding
        std::int64_t width = 0;      ///< D
        std::int64_t layers = 0;     ///< L
        std::int64_t size = 0;       ///< P
    };
    /// embed_tokens_per_layer, per_layer_model_projection and per_layer_projection_norm, at `place`.
    LayerInputs(const Place& place, const Sizes& sizes, const NormSettings& norm);

    /// x [N, D]: the first embedding as the first layer gets it; ids int64 [N] → [N, P] for each layer.
    std::vector<at::Tensor> of(const at::Tensor& x, const at::Tensor& ids, const Pass& pass) const;

    std::int64_t vocabulary() const { return table_.rows(); }
    void name_linears(std::vector<NamedLinear>& all);
    /// All but the linear's own.
    void name_parameters(std::vector<NamedParameter>& all);
    /// Values that a token leaves for the backward, the update's own not counted.
    std::int64_t kept_values() const { return 3 * table_.columns(); }
    /// In words, for Trait.
    std::string trait() const;

private:
    Sizes sizes_;
    std::string table_path_, projection_path_;
    FrozenWeight table_; ///< [vocabulary, L · P]
    Linear projection_;  ///< D → L · P
    Norm norm_;          ///< of P
};

} // namespace lora
