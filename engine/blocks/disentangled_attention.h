#pragma once
// Attention whose scores are sums of three products: of content with content, of content with the position of
// the key relative to the query, and of that position with content. Relative positions are exact near by and
// fall into logarithmic buckets farther off. Source: He et al. 2021 (DeBERTa), He et al. 2023 (DeBERTa-v3);
// names as Hugging Face's DebertaV2Attention has them.

#include "engine/blocks/branch_part.h"
#include "engine/blocks/norm.h"
#include "engine/blocks/place.h"
#include "engine/models/dropout.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// The table of relative positions, one for all blocks.
struct RelativePositions {
    std::string path = {};
    at::Tensor weight = {};    ///< [2 · span, D]
    Norm norm = {};            ///< of its rows; may be none
    std::int64_t span = 0;     ///< rows on each side: distances are cut there
    std::int64_t buckets = 0;  ///< on each side; 0: each distance has a row of its own
    std::int64_t farthest = 0; ///< distance that the last bucket begins with

    /// The row of each distance from 1 − `tokens` to `tokens` − 1, int64 [2 · tokens − 1].
    at::Tensor rows_of_distances(std::int64_t tokens, const at::Device& device) const;
};

struct DisentangledSettings {
    std::int64_t width = 0; ///< D
    std::int64_t heads = 0; ///< H, divides D
    bool content_to_position = false, position_to_content = false;
    bool shares_projections = false;                        ///< the content's linears are the positions' too
    std::shared_ptr<RelativePositions> positions = nullptr; ///< null: content alone
    DropoutPlace probabilities = {}, position_rows = {};
};

class DisentangledAttention : public BranchPart {
public:
    /// `block`: attention.self and attention.output.dense lie in it. The first block names the table's
    /// parameters.
    DisentangledAttention(const Place& block, DisentangledSettings settings);

    at::Tensor forward(
        const at::Tensor& x, const at::Tensor& rows, const Trip& trip, const Pass& pass) const override;
    std::vector<const Linear*> linears() const override;
    void name_linears(std::vector<NamedLinear>& all) override;
    void name_parameters(std::vector<NamedParameter>& all) override;
    std::int64_t kept_values() const override { return 5 * settings_.width; }
    const char* name() const override { return "disentangled attention"; }

private:
    at::Tensor in_heads(const at::Tensor& rows) const;
    at::Tensor relative_scores(
        const at::Tensor& q, const at::Tensor& k, double scale, const Pass& pass) const;
    double scale() const;

    std::string self_path_, last_path_;
    std::int64_t layer_;
    DisentangledSettings settings_;
    Linear query_, key_, value_, last_;
    std::optional<Linear> position_key_, position_query_; ///< where they have linears of their own
};

} // namespace lora
