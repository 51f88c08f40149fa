#include "engine/models/bert.h"

#include "engine/error.h"
#include "engine/models/attention.h"
#include "engine/models/checkpointed.h"
#include "engine/models/fused_post_norm.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

Activation activation(const std::string& name, const std::string& file) {
    if (name == "gelu") return Activation::Gelu;
    if (name == "gelu_new" || name == "gelu_pytorch_tanh") return Activation::GeluTanh;
    if (name == "relu") return Activation::Relu;
    fail(file + ": hidden_act", "'" + shown(name) + "'", "gelu, gelu_new, gelu_pytorch_tanh or relu");
}

double probability(const JsonFields& fields, const char* key, double otherwise) {
    const double p = fields.number_or(key, otherwise);
    if (!(p >= 0 && p < 1)) fail(fields.where() + ": " + key, std::to_string(p), "a number in [0, 1)");
    return p;
}

// Class numbers to names, as Hugging Face's configurations have them; two classes where the file does not
// tell.
std::vector<std::string> labels_of(const JsonFields& fields) {
    constexpr std::size_t most = 1 << 16;
    const std::string where = fields.where() + ": id2label";
    const Json* names = fields.find("id2label");
    if (names == nullptr || names->is_null()) return {"LABEL_0", "LABEL_1"};
    if (!names->is_object() || names->empty() || names->size() > most)
        fail(where, shown(names->dump()), "an object of class numbers and names");
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < names->size(); ++i)
        labels.push_back(JsonFields(*names, where).string(std::to_string(i)));
    return labels;
}

bool has_classifier(const JsonFields& fields) {
    const Json* architectures = fields.find("architectures");
    return architectures != nullptr && architectures->is_array()
           && std::any_of(architectures->begin(), architectures->end(),
               [](const Json& each) { return each == "BertForSequenceClassification"; });
}

// The places where dropout acts, numbered so that each draws its own mask.
enum Place : std::uint64_t { Embeddings, Head, FirstBlock };
enum BlockPlace : std::uint64_t { Probabilities, AttentionOutput, Output, PlacesOfABlock };

std::uint64_t place_in(std::int64_t layer, BlockPlace place) {
    return FirstBlock + static_cast<std::uint64_t>(layer) * PlacesOfABlock + place;
}

} // namespace

BertConfig BertConfig::from_json(const Json& config, const std::string& file) {
    constexpr std::int64_t most = std::int64_t{1} << 24;
    const JsonFields fields(config, file);
    BertConfig bert;
    bert.vocab_size = fields.integer("vocab_size", 1, most);
    bert.hidden_size = fields.integer("hidden_size", 1, most);
    bert.intermediate_size = fields.integer("intermediate_size", 1, most);
    bert.num_hidden_layers = fields.integer("num_hidden_layers", 1, 4096);
    bert.num_attention_heads = fields.integer("num_attention_heads", 1, most);
    bert.max_position_embeddings = fields.integer_or("max_position_embeddings", 512, 1, most);
    bert.type_vocab_size = fields.integer_or("type_vocab_size", 2, 1, most);
    bert.layer_norm_eps = fields.number_or("layer_norm_eps", 1e-12);
    bert.hidden_act = activation(fields.string_or("hidden_act", "gelu"), file);
    bert.hidden_dropout_prob = probability(fields, "hidden_dropout_prob", 0.1);
    bert.attention_probs_dropout_prob = probability(fields, "attention_probs_dropout_prob", 0.1);
    bert.classifier_dropout = probability(fields, "classifier_dropout", bert.hidden_dropout_prob);
    if (has_classifier(fields)) bert.labels = labels_of(fields);
    if (bert.hidden_size % bert.num_attention_heads != 0)
        fail(file + ": num_attention_heads", std::to_string(bert.num_attention_heads),
            "a divisor of hidden_size " + std::to_string(bert.hidden_size));
    if (const std::string kind = fields.string_or("position_embedding_type", "absolute"); kind != "absolute")
        fail(file + ": position_embedding_type", "'" + shown(kind) + "'", "absolute");
    if (fields.boolean_or("is_decoder", false)) fail(file + ": is_decoder", "true", "false");
    return bert;
}

Bert::Bert(const BertConfig& config, const Weights& weights, const at::Device& /*device*/) : config_(config) {
    const std::int64_t width = config.hidden_size;
    const Weights model = weights.at("bert");
    const Weights embeddings = model.at("embeddings");
    word_embeddings_ = embeddings.tensor("word_embeddings.weight", {config.vocab_size, width});
    position_embeddings_ =
        embeddings.tensor("position_embeddings.weight", {config.max_position_embeddings, width});
    token_type_embeddings_ =
        embeddings.tensor("token_type_embeddings.weight", {config.type_vocab_size, width});
    embeddings_norm_ = norm_of(embeddings.at("LayerNorm"));
    for (std::int64_t i = 0; i < config.num_hidden_layers; ++i)
        layers_.push_back(block(model.at("encoder.layer." + std::to_string(i))));
    pooler_ = model.linear("pooler.dense", width, width, /*bias=*/true);
    own_classifier_ = classifier_ = own_classifier(weights);
    weights.check();
    for (Block& block : layers_) join(block);
}

void Bert::join(Block& block) {
    const std::vector<Linear*> parts{&block.query, &block.key, &block.value};
    block.qkv = Linear::join_weights(parts);
    block.qkv_bias = Linear::join_biases(parts);
}

Bert::Block Bert::block(const Weights& weights) const {
    const std::int64_t width = config_.hidden_size, inner = config_.intermediate_size;
    const Weights self = weights.at("attention.self");
    return {
        .query = self.linear("query", width, width, true),
        .key = self.linear("key", width, width, true),
        .value = self.linear("value", width, width, true),
        .attention_output = weights.linear("attention.output.dense", width, width, true),
        .attention_norm = norm_of(weights.at("attention.output.LayerNorm")),
        .intermediate = weights.linear("intermediate.dense", width, inner, true),
        .output = weights.linear("output.dense", inner, width, true),
        .output_norm = norm_of(weights.at("output.LayerNorm")),
    };
}

Bert::Norm Bert::norm_of(const Weights& weights) const {
    return {weights.tensor("weight", {config_.hidden_size}), weights.tensor("bias", {config_.hidden_size})};
}

// In float32, as one that is trained: the head's own width is small.
Linear Bert::own_classifier(const Weights& weights) const {
    const auto classes = static_cast<std::int64_t>(config_.labels.size());
    if (classes == 0) return {};
    const at::Tensor weight = weights.optional_tensor("classifier.weight", {classes, config_.hidden_size});
    const at::Tensor bias = weights.optional_tensor("classifier.bias", {classes});
    if (!weight.defined() || !bias.defined()) return {};
    return Linear(weight.to(at::kFloat), bias.to(at::kFloat));
}

void Bert::set_head(const Linear& head) {
    if (head.weight().defined() && head.in() != config_.hidden_size)
        fail("classifier.weight", "a width of " + std::to_string(head.in()),
            "the model's " + std::to_string(config_.hidden_size), "was it trained on another model?");
    classifier_ = head.weight().defined() ? head : own_classifier_;
}

at::Tensor Bert::hidden(const PackedTokens& tokens, const Pass& pass) const {
    return hidden_at(tokens, /*rows=*/{}, pass);
}

at::Tensor Bert::hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    if (tokens.longest > config_.max_position_embeddings)
        fail("a sample", std::to_string(tokens.longest) + " tokens",
            "at most the model's " + std::to_string(config_.max_position_embeddings) + " positions",
            "choose a smaller --max-length");
    const bool fused = runs_fused(pass);
    at::Tensor x = embeddings(tokens, pass);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const at::Tensor wanted = i + 1 == layers_.size() ? rows : at::Tensor();
        const auto forward = [this, i, fused, tokens, wanted](const at::Tensor& in, const Pass& how) {
            const auto layer = static_cast<std::int64_t>(i);
            return fused ? fused_block(layers_[i], in, tokens, wanted, how, layer)
                         : plain_block(layers_[i], in, tokens, wanted, how, layer);
        };
        x = run_block(x, layers_[i].linears(), pass, forward);
    }
    return x;
}

std::vector<const Linear*> Bert::Block::linears() const {
    return {&query, &key, &value, &attention_output, &intermediate, &output};
}

bool Bert::runs_fused(const Pass& pass) const {
    const at::ScalarType type = word_embeddings_.scalar_type();
    if (!pass.fused || !word_embeddings_.device().is_cpu()) return false;
    return (type == at::kFloat || type == at::kBFloat16)
           && std::all_of(layers_.begin(), layers_.end(),
               [&](const Block& block) { return fit_kernels(block.linears(), pass); });
}

at::Tensor Bert::fused_block(const Block& block, const at::Tensor& x, const PackedTokens& tokens,
    const at::Tensor& rows, const Pass& pass, std::int64_t layer) const {
    const AttentionShape shape{.heads = config_.num_attention_heads,
        .kv_heads = config_.num_attention_heads,
        .head_size = config_.head_size(),
        .lengths = tokens.lengths,
        .causal = false,
        .dropout =
            bits_of(dropout_at(pass, config_.attention_probs_dropout_prob, place_in(layer, Probabilities)))};
    const at::Tensor attended = fused_post_norm_attention(x,
        {.wide = &block.qkv,
            .wide_bias = &block.qkv_bias,
            .parts = {&block.query, &block.key, &block.value},
            .last = &block.attention_output,
            .norm_weight = &block.attention_norm.weight,
            .norm_bias = &block.attention_norm.bias,
            .epsilon = config_.layer_norm_eps,
            .dropout = dropout_at(pass, config_.hidden_dropout_prob, place_in(layer, AttentionOutput))},
        shape, rows, pass.adapted);
    return fused_post_norm_mlp(attended,
        {.wide = &block.intermediate.weight(),
            .wide_bias = &block.intermediate.bias(),
            .parts = {&block.intermediate},
            .last = &block.output,
            .norm_weight = &block.output_norm.weight,
            .norm_bias = &block.output_norm.bias,
            .epsilon = config_.layer_norm_eps,
            .dropout = dropout_at(pass, config_.hidden_dropout_prob, place_in(layer, Output))},
        config_.hidden_act, pass.adapted);
}

at::Tensor Bert::plain_block(const Block& block, const at::Tensor& x, const PackedTokens& tokens,
    const at::Tensor& rows, const Pass& pass, std::int64_t layer) const {
    const auto chosen = [&](const at::Tensor& all) {
        return rows.defined() ? all.index_select(0, rows) : all;
    };
    const at::Tensor attended =
        block.attention_output.forward(chosen(self_attention(block, x, tokens, pass, layer)), pass);
    const auto after_attention =
        dropout_at(pass, config_.hidden_dropout_prob, place_in(layer, AttentionOutput));
    const at::Tensor a = normed(chosen(x) + dropped(attended, after_attention), block.attention_norm);
    const at::Tensor inner = activated(block.intermediate.forward(a, pass));
    const auto after_mlp = dropout_at(pass, config_.hidden_dropout_prob, place_in(layer, Output));
    return normed(a + dropped(block.output.forward(inner, pass), after_mlp), block.output_norm);
}

at::Tensor Bert::embeddings(const PackedTokens& tokens, const Pass& pass) const {
    const at::Tensor sum = at::embedding(word_embeddings_, tokens.ids)
                           + at::embedding(position_embeddings_, tokens.positions)
                           + token_type_embeddings_[0]; // [N] → [N, D]
    return dropped(normed(sum, embeddings_norm_), dropout_at(pass, config_.hidden_dropout_prob, Embeddings));
}

at::Tensor Bert::self_attention(const Block& block, const at::Tensor& x, const PackedTokens& tokens,
    const Pass& pass, std::int64_t layer) const {
    const std::vector<std::int64_t> heads{x.size(0), config_.num_attention_heads, config_.head_size()};
    return bidirectional_attention(block.query.forward(x, pass).view(heads),
        block.key.forward(x, pass).view(heads), block.value.forward(x, pass).view(heads), tokens,
        dropout_at(pass, config_.attention_probs_dropout_prob, place_in(layer, Probabilities)));
}

at::Tensor Bert::normed(const at::Tensor& x, const Norm& norm) const {
    return at::layer_norm(x, {config_.hidden_size}, norm.weight, norm.bias, config_.layer_norm_eps);
}

at::Tensor Bert::activated(const at::Tensor& x) const {
    switch (config_.hidden_act) {
    case Activation::Relu: return at::relu(x);
    case Activation::GeluTanh: return at::gelu(x, "tanh");
    case Activation::Gelu: break;
    }
    return at::gelu(x);
}

at::Tensor Bert::logits(const at::Tensor& hidden, const Pass& pass) const {
    if (!classifier_.weight().defined())
        fail("the model", "no classifier", "one, from an adapter that was trained on labels",
            "train one, or give its --adapter");
    const at::Tensor pooled = at::tanh(pooler_.forward(hidden, pass));
    const at::Tensor kept = dropped(pooled, dropout_at(pass, config_.classifier_dropout, Head));
    return classifier_.forward(kept.to(classifier_.weight().scalar_type()), pass);
}

std::vector<NamedLinear> Bert::named_linears() {
    std::vector<NamedLinear> linears;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        Block& block = layers_[i];
        const std::string at = "bert.encoder.layer." + std::to_string(i) + ".";
        const auto layer = static_cast<std::int64_t>(i);
        linears.push_back({at + "attention.self.query", layer, &block.query});
        linears.push_back({at + "attention.self.key", layer, &block.key});
        linears.push_back({at + "attention.self.value", layer, &block.value});
        linears.push_back({at + "attention.output.dense", layer, &block.attention_output});
        linears.push_back({at + "intermediate.dense", layer, &block.intermediate});
        linears.push_back({at + "output.dense", layer, &block.output});
    }
    linears.push_back({"bert.pooler.dense", -1, &pooler_});
    return linears;
}

std::vector<NamedParameter> Bert::named_parameters() {
    std::vector<NamedParameter> all;
    const auto add_norm = [&](const std::string& path, std::int64_t layer, Norm& norm) {
        all.push_back({path + ".LayerNorm.weight", layer, &norm.weight});
        all.push_back({path + ".LayerNorm.bias", layer, &norm.bias});
    };
    const std::string embeddings = "bert.embeddings";
    all.push_back({embeddings + ".word_embeddings.weight", -1, &word_embeddings_});
    all.push_back({embeddings + ".position_embeddings.weight", -1, &position_embeddings_});
    all.push_back({embeddings + ".token_type_embeddings.weight", -1, &token_type_embeddings_});
    add_norm(embeddings, -1, embeddings_norm_);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const std::string at = "bert.encoder.layer." + std::to_string(i) + ".";
        const auto layer = static_cast<std::int64_t>(i);
        add_norm(at + "attention.output", layer, layers_[i].attention_norm);
        add_norm(at + "output", layer, layers_[i].output_norm);
    }
    for (const NamedLinear& named : named_linears())
        named.linear->name_parameters(named.path, named.layer, all);
    return all;
}

void Bert::parameters_replaced() {
    for (Block& block : layers_) join(block);
}

} // namespace lora
