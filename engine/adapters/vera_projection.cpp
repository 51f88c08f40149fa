#include "engine/adapters/vera_projection.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

namespace lora {

std::int64_t VeraProjection::parameters() const {
    std::int64_t count = 0;
    for (const auto& [path, own] : vectors) count += own.d.numel() + own.b.numel();
    return count;
}

VeraProjection VeraProjection::on(const at::Device& device) const {
    VeraProjection moved = *this;
    for (at::Tensor* tensor : {&moved.A, &moved.B}) *tensor = tensor->to(device);
    for (auto& [path, own] : moved.vectors) own = {own.d.to(device), own.b.to(device), own.in};
    return moved;
}

std::map<std::string, LowRank> VeraProjection::updates() const {
    const c10::NoGradGuard no_gradient;
    std::map<std::int64_t, at::Tensor> of_width;
    std::map<std::string, LowRank> all;
    for (const auto& [path, own] : vectors) {
        at::Tensor& cut = of_width[own.in];
        if (!cut.defined()) cut = own.in == 0 ? A : A.narrow(1, 0, own.in).contiguous();
        all[path] = {.A = cut, .B = B.narrow(0, 0, own.b.size(0)).mul(own.d).mul_(own.b.unsqueeze(1))};
    }
    return all;
}

bool VeraProjection::knows_widths() const {
    return std::all_of(vectors.begin(), vectors.end(), [](const auto& each) { return each.second.in > 0; });
}

VeraProjection draw_vera(
    std::int64_t rank, std::int64_t largest_in, std::int64_t largest_out, std::uint64_t key) {
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(key);
    const auto drawn = [&](std::int64_t rows, std::int64_t columns) {
        const double bound = std::sqrt(6.0 / static_cast<double>(columns));
        return at::empty({rows, columns}, at::kFloat).uniform_(-bound, bound, generator);
    };
    VeraProjection made;
    made.A = drawn(rank, largest_in);
    made.B = drawn(largest_out, rank);
    made.key = key;
    return made;
}

} // namespace lora
