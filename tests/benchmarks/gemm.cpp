// The machine's own best matrix product: what any training step is held against.
// usage: benchmark-gemm [THREADS]; prints one JSON object, GFLOP/s for each type.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace {

double seconds_of_one(const at::Tensor& a, const at::Tensor& b) {
    const auto begin = std::chrono::steady_clock::now();
    at::mm(a, b);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The fastest of several products, over several sizes. The weight is transposed, as in a linear's forward.
double best_gflops(at::ScalarType type) {
    double best = 0;
    for (const std::int64_t n : {1024, 1536, 2048, 3072, 4096}) {
        const at::Tensor a = at::randn({n, n}).to(type), b = at::randn({n, n}).to(type).t();
        seconds_of_one(a, b);
        for (int repeat = 0; repeat < 5; ++repeat)
            best = std::max(best, 2e-9 * static_cast<double>(n * n * n) / seconds_of_one(a, b));
    }
    return best;
}

} // namespace

int main(int count, char** words) {
    if (count > 1) at::set_num_threads(std::atoi(words[1]));
    std::printf("{\"threads\": %d, \"float32\": %.1f, \"bfloat16\": %.1f}\n", at::get_num_threads(),
        best_gflops(at::kFloat), best_gflops(at::kBFloat16));
}
