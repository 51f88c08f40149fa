#include "engine/adapters/classifier_head.h"

#include "engine/error.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace lora {

namespace {

constexpr double initial_deviation = 0.02;
// Apart from the numbers that A is drawn from.
constexpr std::uint64_t stream = 0x68656164;

} // namespace

ClassifierHead make_head(std::int64_t width, const std::vector<std::string>& labels, std::uint64_t seed,
    const at::Device& device) {
    return make_head({{.path = "classifier", .weight = {}}}, width, labels, seed, device);
}

ClassifierHead make_head(const std::vector<HeadLinear>& linears, std::int64_t width,
    const std::vector<std::string>& labels, std::uint64_t seed, const at::Device& device) {
    if (linears.empty()) throw Error("the model predicts tokens; it takes no classifier");
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed ^ stream);
    const auto random = [&](std::int64_t rows) {
        return at::empty({rows, width}, at::kFloat).normal_(0, initial_deviation, generator).to(device);
    };
    const auto zeros = [&](std::int64_t rows) {
        return at::zeros({rows}, at::TensorOptions(at::kFloat).device(device));
    };
    const auto classes = static_cast<std::int64_t>(labels.size());
    ClassifierHead head{.weight = random(classes), .bias = zeros(classes), .labels = labels};
    head.path = linears.back().path;
    head.before.assign(linears.begin(), linears.end() - 1);
    for (HeadLinear& linear : head.before) {
        const bool own = linear.weight.defined();
        linear.weight = own ? linear.weight.detach().to(at::kFloat).clone() : random(width);
        if (own && linear.bias.defined()) linear.bias = linear.bias.detach().to(at::kFloat).clone();
        if (!own && linear.has_bias) linear.bias = zeros(width);
    }
    return head;
}

std::int64_t ClassifierHead::parameters() const {
    std::int64_t count = 0;
    for (const HeadLinear& linear : linears())
        count += linear.weight.numel() + (linear.bias.defined() ? linear.bias.numel() : 0);
    return count;
}

std::vector<at::Tensor*> ClassifierHead::tensors() {
    std::vector<at::Tensor*> all{&weight, &bias};
    for (HeadLinear& linear : before) {
        all.push_back(&linear.weight);
        if (linear.bias.defined()) all.push_back(&linear.bias);
    }
    return all;
}

std::vector<HeadLinear> ClassifierHead::linears() const {
    std::vector<HeadLinear> all = before;
    all.push_back({.path = path, .weight = weight, .bias = bias});
    return all;
}

void name_labels(ClassifierHead& head, const std::vector<std::string>& labels, const std::string& file) {
    const std::int64_t classes = head.weight.size(0);
    if (static_cast<std::int64_t>(labels.size()) != classes)
        fail(file, std::to_string(labels.size()) + " labels",
            "the " + std::to_string(classes) + " classes of the adapter's head");
    if (head.labels.empty()) head.labels = labels;
}

} // namespace lora
