#pragma once
// A loss with its gradients, and how far two gradients are apart.

#include <vector>

#include <ATen/ATen.h>

namespace lora {

struct LossAndGradients {
    double loss = 0;
    std::vector<at::Tensor> gradients;
};

inline double relative_difference(const at::Tensor& found, const at::Tensor& expected) {
    const at::Tensor wanted = expected.to(at::kDouble);
    return ((found.to(at::kDouble) - wanted).norm() / wanted.norm()).item<double>();
}

} // namespace lora
