#pragma once
// config.json's fields as decoders have them: sizes that divide, activations by name, and fields that may
// have one value alone.

#include "engine/blocks/decoder.h"
#include "engine/blocks/gated_block.h"
#include "engine/files/json.h"
#include "engine/kernels/activation.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

/// Of a block.
enum class Half : std::uint8_t { Attention, Mlp };

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
    DropoutPlace attention_dropout(
        std::int64_t layer, std::string_view key = "attention_dropout", double otherwise = 0) const;
    /// Of what a block's attention gives, or its feed-forward branch: numbers of their own, after
    /// attention's.
    DropoutPlace output_dropout(
        std::int64_t layer, Half half, std::string_view key, double otherwise = 0) const;
    DropoutPlace embedding_dropout(std::string_view key, double otherwise = 0) const;

    /// Throws Error where the field is there and is neither null nor this: the model would be another one.
    void only(std::string_view key, const Json& value) const;

    /// layer_types, each of them one of `known`; empty where the file has none.
    std::vector<std::string> layer_kinds(std::initializer_list<std::string_view> known) const;
    /// The window of each layer, 0 for a full one: `window` where layer_types says sliding_attention or, in a
    /// file without it, where `slides` says so.
    std::vector<std::int64_t> windows(
        std::int64_t window, const std::function<bool(std::int64_t layer)>& slides) const;
    /// A list of 0 and 1, one for each layer; `otherwise` says it where the file has none.
    std::vector<bool> flags(
        std::string_view key, const std::function<bool(std::int64_t layer)>& otherwise) const;
};

struct HeadSettings {
    bool tied = false; ///< to the embedding, where the file has no tie_word_embeddings
    bool bias = false;
};

/// The parts of a decoder outside its blocks, as almost all have them: the embedding, the last norm and a
/// head, by the names that the dialect has for them.
DecoderParts decoder_parts(const ConfigFields& config, const Weights& weights, const NormSettings& norm,
    const HeadSettings& head = {});
/// A table of positions called `name`, of max_position_embeddings rows after the first `offset`.
LearnedPositions learned_positions(
    const ConfigFields& config, const Weights& weights, const std::string& name, std::int64_t offset = 0);

/// hidden_size, intermediate_size and the heads, as ConfigFields::heads reads them, for blocks of Llama's
/// kind.
GatedBlock gated_block(const ConfigFields& config, const NormSettings& norm, std::int64_t head_size = 0);

/// Gives a configuration that has the first of two names the same value by the second, where it lacks that.
void add_fields_as(Json& config, std::initializer_list<std::pair<const char*, const char*>> names);

/// Where each block of the model lies, by the dialect's name for them and num_hidden_layers.
std::vector<Place> block_places(const ConfigFields& config, const Weights& weights);

} // namespace lora
