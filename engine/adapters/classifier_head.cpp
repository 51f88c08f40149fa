#include "engine/adapters/classifier_head.h"

#include "engine/error.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace lora {

namespace {

constexpr double deviation = 0.02;
// Apart from the numbers that A is drawn from.
constexpr std::uint64_t stream = 0x68656164;

} // namespace

ClassifierHead make_head(std::int64_t width, const std::vector<std::string>& labels, std::uint64_t seed,
    const at::Device& device) {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed ^ stream);
    const auto classes = static_cast<std::int64_t>(labels.size());
    return {at::empty({classes, width}, at::kFloat).normal_(0, deviation, generator).to(device),
        at::zeros({classes}, at::TensorOptions(at::kFloat).device(device)), labels};
}

void name_labels(ClassifierHead& head, const std::vector<std::string>& labels, const std::string& file) {
    const std::int64_t classes = head.weight.size(0);
    if (static_cast<std::int64_t>(labels.size()) != classes)
        fail(file, std::to_string(labels.size()) + " labels",
            "the " + std::to_string(classes) + " classes of the adapter's head");
    if (head.labels.empty()) head.labels = labels;
}

} // namespace lora
