// The machine's own best matrix product: what any training step is held against.
// usage: benchmark-gemm [THREADS [DEVICE]]; prints one JSON object, GFLOP/s for each type.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace {

// A GPU's work is only queued: what follows would measure that.
void wait_for(const at::Device& device) {
    if (!device.is_cpu()) c10::impl::VirtualGuardImpl(device.type()).synchronizeDevice(device.index());
}

double seconds_of_one(const at::Tensor& a, const at::Tensor& b) {
    wait_for(a.device());
    const auto begin = std::chrono::steady_clock::now();
    at::mm(a, b);
    wait_for(a.device());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The fastest of several products, over several sizes. The weight is transposed, as in a linear's forward.
double best_gflops(at::ScalarType type, const at::Device& device) {
    double best = 0;
    const auto sizes = device.is_cpu() ? std::vector<std::int64_t>{1024, 1536, 2048, 3072, 4096}
                                       : std::vector<std::int64_t>{4096, 8192};
    for (const std::int64_t n : sizes) {
        const at::Tensor a = at::randn({n, n}, device).to(type), b = at::randn({n, n}, device).to(type).t();
        seconds_of_one(a, b);
        for (int repeat = 0; repeat < 5; ++repeat)
            best = std::max(best, 2e-9 * static_cast<double>(n * n * n) / seconds_of_one(a, b));
    }
    return best;
}

} // namespace

int main(int count, char** words) {
    if (count > 1) at::set_num_threads(std::atoi(words[1]));
    const at::Device device(count > 2 && std::string_view(words[2]) == "cuda" ? "cuda:0" : "cpu");
    std::printf("{\"threads\": %d, \"float32\": %.1f, \"bfloat16\": %.1f}\n", at::get_num_threads(),
        best_gflops(at::kFloat, device), best_gflops(at::kBFloat16, device));
}
