#include "engine/blocks/classifier.h"

#include "engine/error.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

// Of the checkpoint, or without a weight.
Linear linear_of(
    const Weights& weights, const std::string& path, std::int64_t in, std::int64_t out, bool bias) {
    const at::Tensor weight = weights.optional_tensor(path + ".weight", {out, in});
    if (!bias) return weight.defined() ? Linear(weight) : Linear();
    const at::Tensor added = weights.optional_tensor(path + ".bias", {out});
    return weight.defined() && added.defined() ? Linear(weight, added) : Linear();
}

// As a head that is trained is: small beside the model, and in float32.
Linear in_float(const Linear& linear) {
    if (!linear.weight().defined()) return {};
    return Linear(linear.weight().to(at::kFloat),
        linear.bias().defined() ? linear.bias().to(at::kFloat) : at::Tensor());
}

at::Tensor through(const Linear& linear, const at::Tensor& x, const Pass& pass) {
    return linear.forward(x.to(linear.weight().scalar_type()), pass);
}

} // namespace

Classifier::Classifier(ClassifierParts parts, const Weights& weights, std::int64_t width)
    : parts_(std::move(parts)), width_(width) {
    const auto classes = static_cast<std::int64_t>(parts_.labels.size());
    if (classes > 0) own_last_ = in_float(linear_of(weights, parts_.last, width, classes, true));
    // A model for another task may have another module of a classifier's name.
    if (!parts_.trains_dense || classes > 0)
        dense_ = linear_of(weights, parts_.dense, width, width, parts_.dense_bias);
    if (parts_.trains_dense) dense_ = in_float(dense_);
    last_ = own_last_;
}

std::vector<HeadLinear> Classifier::own_head() const {
    std::vector<HeadLinear> head;
    if (dense_is_heads())
        head.push_back({.path = parts_.dense,
            .weight = dense_.weight(),
            .bias = dense_.bias(),
            .has_bias = parts_.dense_bias});
    head.push_back({.path = parts_.last, .weight = own_last_.weight(), .bias = own_last_.bias()});
    return head;
}

void Classifier::check_width(const HeadLinear& linear) const {
    if (linear.weight.size(1) != width_)
        fail(linear.path + ".weight", "a width of " + std::to_string(linear.weight.size(1)),
            "the model's " + std::to_string(width_), "was it trained on another model?");
}

void Classifier::set_head(const std::vector<HeadLinear>& head) {
    Linear dense, last = own_last_;
    for (const HeadLinear& linear : head) {
        check_width(linear);
        if (linear.path == parts_.last) {
            last = Linear(linear.weight, linear.bias);
        } else if (linear.path == parts_.dense && linear.weight.size(0) == width_) {
            dense = Linear(linear.weight, linear.bias);
        } else {
            fail("a head with " + shown(linear.path), std::to_string(linear.weight.size(0)) + " rows",
                parts_.dense + " with " + std::to_string(width_) + " rows, and " + parts_.last,
                "was it trained on another model?");
        }
    }
    if (!head.empty() && dense_is_heads() && !dense.weight().defined())
        fail("a classifier's head", "no " + parts_.dense,
            "one, which this model's checkpoint lacks or trains", "was it trained on another model?");
    head_dense_ = dense;
    last_ = last;
}

at::Tensor Classifier::logits(const at::Tensor& hidden, const Pass& pass) const {
    const Linear& dense = head_dense_.weight().defined() ? head_dense_ : dense_;
    if (!last_.weight().defined() || !dense.weight().defined())
        fail("the model", "no classifier", "one, from an adapter that was trained on labels",
            "train one, or give its --adapter");
    at::Tensor x = dropped(hidden, dropout_at(pass, parts_.first_dropout));
    x = parts_.activation(through(dense, x, pass));
    if (parts_.norm.is()) x = parts_.norm.plain(x.to(hidden.scalar_type()));
    return through(last_, dropped(x, dropout_at(pass, parts_.dropout)), pass);
}

void Classifier::name_linears(std::vector<NamedLinear>& all) {
    if (!dense_is_heads()) all.push_back({parts_.dense, -1, &dense_});
}

void Classifier::name_parameters(std::vector<NamedParameter>& all) { parts_.norm.name_parameters(all); }

} // namespace lora
