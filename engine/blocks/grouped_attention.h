#pragma once
// Attention whose query heads share key and value heads in groups, with all that families do to it: rotary
// positions, norms of queries, keys and values, a scale, capped scores, slopes, a sliding window, sinks,
// dropout; keys that are the values too, and keys and values of another layer. By plain operators in
// grouped_attention.cpp, fused in fused_grouped_attention.cpp. Sources: Vaswani et al. 2017; Ainslie et al.
// 2023 (grouped queries); Su et al. 2021 (rotary positions); Press et al. 2022 (slopes); Beltagy et al. 2020
// (windows); Henry et al. 2020 (query and key norms).

#include "engine/blocks/middle.h"
#include "engine/models/dropout.h"

#include <memory>
#include <string>
#include <vector>

namespace lora {

struct Heads {
    std::int64_t count = 0;    ///< of queries
    std::int64_t kv_count = 0; ///< of keys and values; divides `count`
    std::int64_t size = 0;

    std::int64_t queries() const { return count * size; }
    std::int64_t keys() const { return kv_count * size; }
};

/// How its traits call the window, behind the place.
constexpr const char* window_trait = "window";

struct AttentionSettings {
    std::shared_ptr<const Rotary> rotary = nullptr; ///< null: positions turn nothing
    double scale = 0;                               ///< of the scores; 0: 1/√(size of a head)
    double softcap = 0;                             ///< scores become c · tanh(score / c); 0: they do not
    std::int64_t window = 0; ///< keys that a query sees, itself and those before it (where not causal: as
                             ///< many after it too); 0: all
    std::vector<float> slopes = {}; ///< [H], see AttentionShape; empty: none
    bool causal = true;
    bool groups_rows = false; ///< the wide product's columns are in groups (engine/models/grouped_rows.h)
    Norm query_norm = {}, key_norm = {}; ///< of each head, or of all together by their width; may be none
    Norm value_norm = {};                ///< likewise
    bool keys_are_values = false; ///< there is no product for values: they are the keys', before their norm
    std::int64_t lender = -1;     ///< the layer whose keys and values are seen: they are given, and there are
                                  ///< products for queries alone; -1: its own

    bool borrows() const { return lender >= 0; }
    DropoutPlace dropout = {}; ///< of the probabilities
    at::Tensor sinks = {};     ///< [H], see AttentionRule; no kernel knows them
    std::string sinks_path = {};
};

class GroupedAttention : public Middle {
public:
    /// `layer`: which of a cache's it is.
    GroupedAttention(const Heads& heads, std::int64_t layer, AttentionSettings settings);

    at::Tensor plain(
        const std::vector<at::Tensor>& outputs, const Trip& trip, const Pass& pass) const override;
    at::Tensor forward(Kept& kept, const Trip& trip, const Pass& pass) const override;
    at::Tensor again(const Kept& kept) const override { return kept.attended.y; }
    at::Tensor backward(Kept& kept, const at::Tensor& dy) const override;
    at::Tensor lent(const std::vector<at::Tensor>& outputs, const Trip& trip) const override;
    at::Tensor lent(const Kept& kept) const override;
    bool runs_fused(const at::Tensor& like) const override;
    std::int64_t kept_values() const override;
    const Rotary* rotary() const override { return settings_.rotary.get(); }
    std::int64_t lender() const override { return settings_.lender; }
    void name_parameters(std::vector<NamedParameter>& all) override;
    void add_traits(std::vector<Trait>& all, const std::string& place) const override;

private:
    AttentionShape shape_of(const Trip& trip, const Pass& pass) const;
    at::Tensor with_cache(const at::Tensor& wide, const AttentionShape& shape, KeyValueCache& cache) const;
    at::Tensor turned(const at::Tensor& x, const Norm& norm, const Trip& trip) const;
    /// Queries as the linears gave them; keys and values [N, K, E] as queries see them.
    struct Pieces {
        at::Tensor queries, keys, values;
    };
    Pieces pieces_of(const std::vector<at::Tensor>& outputs, const Trip& trip) const;
    std::int64_t turned_heads() const { return heads_.count + (settings_.borrows() ? 0 : heads_.kv_count); }

    std::int64_t cache_layer() const { return settings_.borrows() ? settings_.lender : layer_; }

    Heads heads_;
    std::int64_t layer_;
    AttentionSettings settings_;
};

} // namespace lora
