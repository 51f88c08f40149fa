#pragma once
// config.json's fields as decoders have them: sizes that divide, activations by name, and fields that may
// have one value alone.

#include "engine/blocks/decoder.h"
#include "engine/blocks/grouped_attention.h"
#include "engine/files/json.h"
#include "engine/kernels/activation.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

class ConfigFields : public JsonFields {
public:
    using JsonFields::JsonFields;

    /// A size: at least 1.
    std::int64_t size(std::string_view key) const;
    std::int64_t size_or(std::string_view key, std::int64_t otherwise) const;
    /// 0 where the field is null; `otherwise` where there is none.
    std::int64_t size_or_none(std::string_view key, std::int64_t otherwise = 0) const;
    /// num_attention_heads, num_key_value_heads and head_dim. Where the file has no head_dim it is
    /// `head_size`; 0: a head's share of hidden_size.
    Heads heads(std::int64_t head_size = 0) const;
    /// Of hidden_act or another field.
    Activation activation(std::string_view key, std::string_view otherwise) const;
    /// A number in [0, 1).
    double probability(std::string_view key, double otherwise) const;
    double positive_or(std::string_view key, double otherwise) const;
    /// Of scores or logits; 0, none, where the field is null, `otherwise` where there is none.
    double softcap(std::string_view key, double otherwise) const;
    /// attention_dropout of a block's attention.
    DropoutPlace attention_dropout(std::int64_t layer) const;

    /// Throws Error where the field is there and is neither null nor this: the model would be another one.
    void only(std::string_view key, const Json& value) const;

    /// The window of each layer, 0 for a full one: `window` where layer_types says sliding_attention or, in a
    /// file without it, where `slides` says so.
    std::vector<std::int64_t> windows(
        std::int64_t window, const std::function<bool(std::int64_t layer)>& slides) const;
    /// A list of 0 and 1, one for each layer; `otherwise` says it where the file has none.
    std::vector<bool> flags(
        std::string_view key, const std::function<bool(std::int64_t layer)>& otherwise) const;
};

/// The parts of a decoder outside its blocks, as almost all have them: the embedding, model.norm, and a head
/// that tie_word_embeddings (or `tied`, where the file does not tell) makes the embedding's.
DecoderParts decoder_parts(
    const ConfigFields& config, const Weights& weights, const NormSettings& norm, bool tied = false);

/// q_proj, k_proj and v_proj; gate_proj and up_proj.
WideLinear query_key_value(const Place& place, std::int64_t width, const Heads& heads, bool bias = false);
WideLinear gate_and_up(const Place& place, std::int64_t width, std::int64_t inner, bool bias = false);

/// Where each block of the model lies, by the dialect's name for them and num_hidden_layers.
std::vector<Place> block_places(const ConfigFields& config, const Weights& weights);

} // namespace lora
