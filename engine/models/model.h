#pragma once
// What every model is: tokens in, hidden states and logits out, and its linears by the checkpoint's names.
//
// Shape letters, here and everywhere: B samples, T tokens of the longest sample, N tokens of all samples
// packed, D hidden, H heads, K key/value heads, E head size, F feed-forward, V vocabulary, L layers, r rank.

#include "engine/error.h"
#include "engine/models/linear.h"
#include "engine/models/pass.h"
#include "engine/models/token_rows.h"
#include "engine/models/traits.h"
#include "engine/task.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct NamedLinear {
    std::string path;        ///< "model.layers.0.self_attn.q_proj"
    std::int64_t layer = -1; ///< -1 outside the blocks
    Linear* linear = nullptr;
};

/// What follows the head's product: logits = cap(scale · product), cap(x) = softcap · tanh(x / softcap).
struct LogitEnd {
    double scale = 1;
    double softcap = 0; ///< 0: none
};

/// In the place of the head's product.
void end_logits(at::Tensor& product, const LogitEnd& end);
/// The same of a product that a gradient goes through.
at::Tensor ended_logits(const at::Tensor& product, const LogitEnd& end);
/// From the gradient of ended logits to that of the head's product, in its place. `logits`: as end_logits
/// left them; read where there is a softcap.
void end_logits_backward(at::Tensor& gradient, const at::Tensor& logits, const LogitEnd& end);

/// A linear of a classifier's head, by the checkpoint's name for it. A head is trained whole and kept in the
/// adapter.
struct HeadLinear {
    std::string path;     ///< "classifier.out_proj"
    at::Tensor weight;    ///< [out, D]; undefined: the checkpoint has none
    at::Tensor bias = {}; ///< [out] or undefined
    bool has_bias = true; ///< whether a new one gets a bias
};

class Model {
public:
    Model() = default;
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;
    virtual ~Model() = default;

    virtual Task task() const { return Task::NextToken; }
    /// Whether such a pass goes through hand-written kernels.
    virtual bool runs_fused(const Pass& /*pass*/) const { return false; }
    /// Hidden states after the last norm, [N, D].
    virtual at::Tensor hidden(const PackedTokens& tokens, const Pass& pass) const = 0;
    /// Those of some rows alone (int64 [M]), [M, D]: a model may leave out what only other rows need.
    virtual at::Tensor hidden_at(const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const;
    /// The head of `hidden`'s rows, [M, D] → [M, V]: scores of tokens, or of a classifier's labels.
    virtual at::Tensor logits(const at::Tensor& hidden, const Pass& pass) const;
    virtual const Linear& head() const = 0;
    /// What becomes of the head's product; whoever computes that itself must apply it.
    virtual LogitEnd logit_end() const { return {}; }
    /// Gives a classifier another head: each linear that own_head() names, or those alone that the checkpoint
    /// lacks and the last, [labels, D]. Empty: the checkpoint's own comes back, where it has one. Throws
    /// Error, before anything is changed, for a linear that the model does not have or that does not fit.
    virtual void set_head(const std::vector<HeadLinear>& /*head*/) {
        throw Error("the model predicts tokens; it takes no classifier");
    }
    /// What the checkpoint's own classifier calls its classes; empty where it has none.
    virtual std::vector<std::string> labels() const { return {}; }
    /// What the checkpoint says of how a classifier's scores are learned; Unsaid where it says nothing.
    virtual Problem problem() const { return Problem::Unsaid; }
    /// Every linear that can carry an update, in the checkpoint's order; the pointers live as long as the
    /// model.
    virtual std::vector<NamedLinear> named_linears() = 0;

    /// Every parameter once, tied ones too, but for a classifier's head; the pointers live as long as the
    /// model.
    virtual std::vector<NamedParameter> named_parameters() = 0;
    /// To be called after parameters were replaced by others of their shape and type: what the model keeps
    /// side by side or under two names is laid out anew.
    virtual void parameters_replaced() = 0;

    /// Values that a token leaves in the blocks for the backward where nothing keeps them from running fused,
    /// the updates' own not counted; 0 where the model does not tell.
    virtual std::int64_t kept_values() const { return 0; }

    virtual std::int64_t vocab_size() const = 0;
    virtual std::int64_t context_length() const = 0;
    virtual at::Device device() const = 0;

    /// A classifier's head as the checkpoint has it: the linears that are trained with it, the one to the
    /// labels last. New ones before the last are square.
    virtual std::vector<HeadLinear> own_head() const { return {}; }

    /// What it computes beside its weights; empty where the model does not tell.
    virtual std::vector<Trait> traits() const { return {}; }

    /// Puts rows into the places of the embedding's and the head's own, and behind them; none: the
    /// checkpoint's own count again. vocab_size() goes with it. Throws Error, before anything is changed, for
    /// rows that do not fit, and where the model takes none.
    virtual void set_token_rows(const std::optional<TokenRows>& rows);
    /// What stands at these tokens, or would where they are new, to train from; the same errors.
    virtual TokenRows first_token_rows(const std::vector<std::int64_t>& ids) const;
    virtual bool has_token_rows() const { return false; }
    /// What takes the place of the head's own rows; whoever computes the head's product itself must put it
    /// there. Null: nothing does.
    virtual const ReplacedRows* head_rows() const { return nullptr; }
};

/// named_linears() to look up.
std::map<std::string, Linear*> linears_by_path(Model& model);

inline at::Tensor Model::hidden_at(
    const PackedTokens& tokens, const at::Tensor& rows, const Pass& pass) const {
    return hidden(tokens, pass).index_select(0, rows);
}

} // namespace lora
