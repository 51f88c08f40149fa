#include "engine/blocks/disentangled_attention.h"

#include "engine/models/attention.h"

#include <cmath>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

at::Tensor RelativePositions::rows_of_distances(std::int64_t tokens, const at::Device& device) const {
    at::Tensor distances = at::arange(1 - tokens, tokens, at::TensorOptions(at::kLong).device(device));
    if (buckets > 0) { // in float32, so that distances at a bucket's border fall where they were trained
        const std::int64_t middle = buckets / 2;
        const at::Tensor near = distances.abs().lt(middle);
        const at::Tensor far = distances.abs().masked_fill(near, middle - 1).to(at::kFloat);
        const auto whole = static_cast<double>(middle);
        const at::Tensor range = at::full({}, static_cast<double>(farthest - 1) / whole, far.options()).log();
        const at::Tensor steps = ((far / whole).log() / range * (whole - 1)).ceil() + whole;
        distances = at::where(far <= whole, distances.to(at::kFloat), steps * distances.sign()).to(at::kLong);
    }
    return (distances + span).clamp(0, 2 * span - 1);
}

DisentangledAttention::DisentangledAttention(const Place& block, DisentangledSettings settings)
    : self_path_(block.path_of("attention.self.")), last_path_(block.path_of("attention.output.dense")),
      layer_(block.layer), settings_(std::move(settings)) {
    const Weights self = block.weights.at("attention.self");
    const std::int64_t width = settings_.width;
    query_ = self.linear("query_proj", width, width, true);
    key_ = self.linear("key_proj", width, width, true);
    value_ = self.linear("value_proj", width, width, true);
    const bool own = settings_.positions && !settings_.shares_projections;
    if (own && settings_.content_to_position) position_key_ = self.linear("pos_key_proj", width, width, true);
    if (own && settings_.position_to_content)
        position_query_ = self.linear("pos_query_proj", width, width, true);
    last_ = block.weights.linear("attention.output.dense", width, width, true);
}

// Of each of the two or three products.
double DisentangledAttention::scale() const {
    const std::int64_t products =
        1 + (settings_.content_to_position ? 1 : 0) + (settings_.position_to_content ? 1 : 0);
    return 1 / std::sqrt(static_cast<double>(settings_.width / settings_.heads * products));
}

// [N, D] → [N, H, E].
at::Tensor DisentangledAttention::in_heads(const at::Tensor& rows) const {
    return rows.view({rows.size(0), settings_.heads, -1});
}

// q and k [B, H, T, E] → [B, H, T, T]: of each query and the place of each key relative to it, and the other
// way.
at::Tensor DisentangledAttention::relative_scores(
    const at::Tensor& q, const at::Tensor& k, double scale, const Pass& pass) const {
    const RelativePositions& positions = *settings_.positions;
    const std::int64_t tokens = q.size(2);
    const at::Tensor table =
        dropped(positions.norm.is() ? positions.norm.plain(positions.weight) : positions.weight,
            dropout_at(pass, settings_.position_rows));
    const at::Tensor places = at::arange(tokens, at::TensorOptions(at::kLong).device(q.device()));
    const at::Tensor apart = places.unsqueeze(1) - places.unsqueeze(0) + (tokens - 1); // of query and key
    const at::Tensor rows = positions.rows_of_distances(tokens, q.device())
                                .index_select(0, apart.flatten())
                                .view({1, 1, tokens, tokens})
                                .expand({q.size(0), q.size(1), tokens, tokens});
    const auto of_table = [&](const Linear& linear) { // [H, E, rows of the table]
        return in_heads(linear.forward(table, pass)).permute({1, 2, 0});
    };
    at::Tensor scores;
    if (settings_.content_to_position)
        scores = q.matmul(of_table(position_key_ ? *position_key_ : key_)).gather(-1, rows);
    if (settings_.position_to_content) {
        const at::Tensor of_keys = k.matmul(of_table(position_query_ ? *position_query_ : query_))
                                       .gather(-1, rows.transpose(-2, -1))
                                       .transpose(-2, -1);
        scores = scores.defined() ? scores + of_keys : of_keys;
    }
    return scores * scale;
}

at::Tensor DisentangledAttention::forward(
    const at::Tensor& x, const at::Tensor& rows, const Trip& trip, const Pass& pass) const {
    AttentionRule rule{
        .scale = scale(), .causal = false, .dropout = dropout_at(pass, settings_.probabilities)};
    if (settings_.positions && (settings_.content_to_position || settings_.position_to_content))
        rule.added = [&](const at::Tensor& q, const at::Tensor& k) {
            return relative_scores(q, k, rule.scale, pass);
        };
    const at::Tensor attended = attention(in_heads(query_.forward(x, pass)), in_heads(key_.forward(x, pass)),
        in_heads(value_.forward(x, pass)), trip.tokens, rule, /*cache=*/nullptr, layer_);
    return last_.forward(chosen_rows(attended, rows), pass);
}

std::vector<const Linear*> DisentangledAttention::linears() const {
    std::vector<const Linear*> all{&query_, &key_, &value_};
    if (position_key_) all.push_back(&*position_key_);
    if (position_query_) all.push_back(&*position_query_);
    all.push_back(&last_);
    return all;
}

void DisentangledAttention::name_linears(std::vector<NamedLinear>& all) {
    all.push_back({self_path_ + "query_proj", layer_, &query_});
    all.push_back({self_path_ + "key_proj", layer_, &key_});
    all.push_back({self_path_ + "value_proj", layer_, &value_});
    if (position_key_) all.push_back({self_path_ + "pos_key_proj", layer_, &*position_key_});
    if (position_query_) all.push_back({self_path_ + "pos_query_proj", layer_, &*position_query_});
    all.push_back({last_path_, layer_, &last_});
}

void DisentangledAttention::name_parameters(std::vector<NamedParameter>& all) {
    if (layer_ != 0 || !settings_.positions) return;
    all.push_back({settings_.positions->path, -1, &settings_.positions->weight});
    settings_.positions->norm.name_parameters(all);
}

} // namespace lora
