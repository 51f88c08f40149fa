#pragma once
// What stands between an encoder's first token and its labels: a linear with an activation, perhaps a norm,
// and the linear to the labels. Sources: Devlin et al. 2019, Liu et al. 2019, Sanh et al. 2019.

#include "engine/blocks/norm.h"
#include "engine/models/dropout.h"
#include "engine/models/model.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

struct ClassifierParts {
    std::string dense = {};                                       ///< path of the linear before the last
    std::function<at::Tensor(const at::Tensor&)> activation = {}; ///< after it
    std::string last = "classifier";                              ///< path of the linear to the labels
    bool dense_bias = true;
    bool trains_dense = false;            ///< the dense linear is a part of the head, trained whole with it
    Norm norm = {};                       ///< after the activation; may be none
    DropoutPlace first_dropout = {};      ///< of the dense linear's input
    DropoutPlace dropout = {};            ///< of the last linear's input
    std::vector<std::string> labels = {}; ///< of a checkpoint that has a classifier, by class; else empty
    Problem problem = Problem::Unsaid;    ///< what the checkpoint says of them
};

/// The dense linear is the model's, frozen and perhaps with an update, or the head's: where the parts say so,
/// and where the checkpoint lacks it.
class Classifier {
public:
    Classifier(ClassifierParts parts, const Weights& weights, std::int64_t width);

    /// [B, D] → [B, labels], float32. Throws Error without a head.
    at::Tensor logits(const at::Tensor& hidden, const Pass& pass) const;
    const Linear& last() const { return last_; }
    const std::vector<std::string>& labels() const { return parts_.labels; }
    Problem problem() const { return parts_.problem; }
    std::vector<HeadLinear> own_head() const;
    /// As Model::set_head.
    void set_head(const std::vector<HeadLinear>& head);
    void name_linears(std::vector<NamedLinear>& all);
    /// Of the norm.
    void name_parameters(std::vector<NamedParameter>& all);

private:
    bool dense_is_heads() const { return !dense_.weight().defined() || parts_.trains_dense; }
    void check_width(const HeadLinear& linear) const;

    ClassifierParts parts_;
    std::int64_t width_;
    Linear dense_, own_last_;  // the checkpoint's; without a weight where it has none
    Linear head_dense_, last_; // those in use: the first without a weight where dense_ is
};

} // namespace lora
