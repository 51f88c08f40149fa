// The spectra of an adapter on all targets, as a run measures them while it trains, and two such adapters
// compared: φ, principal angles, shared energy. The model is one that lora inspect knows; no weight is read.
// usage: benchmark-spectra MODEL RANK TARGETS [THREADS]; prints one JSON object.

#include "engine/analysis/spectrum.h"
#include "engine/analysis/subspace.h"
#include "engine/architectures/catalog.h"
#include "engine/error.h"
#include "engine/targets/targets.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

using namespace lora;

namespace {

Adapter random_adapter(const ModelSummary& model, std::int64_t rank, const char* targets) {
    Adapter adapter;
    for (const std::string& path : select_targets(model.linears, {targets, ""}))
        for (const LinearInfo& linear : model.linears)
            if (linear.path == path)
                adapter.targets.push_back({path, static_cast<double>(rank),
                    {.A = at::randn({rank, linear.in}), .B = at::randn({linear.out, rank}), .scale = 1}});
    return adapter;
}

template <typename Work>
double median_ms(Work&& work) {
    std::vector<double> ms;
    for (int repeat = 0; repeat < 9; ++repeat) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        ms.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::sort(ms.begin(), ms.end());
    return ms[ms.size() / 2];
}

} // namespace

int main(int count, char** words) {
    if (count < 4) return 2;
    if (count > 4) at::set_num_threads(std::atoi(words[4]));
    try {
        const ModelSummary model = describe_model(words[1]);
        const std::int64_t rank = std::atoll(words[2]);
        const Adapter adapter = random_adapter(model, rank, words[3]);
        const Adapter other = random_adapter(model, rank, words[3]);
        const double spectra_ms = median_ms([&] { spectra(adapter); });
        const double comparison_ms = median_ms([&] { compare(adapter, other); });
        std::printf("{\"targets\": %zu, \"rank\": %lld, \"spectra_ms\": %.2f, \"comparison_ms\": %.2f}\n",
            adapter.targets.size(), static_cast<long long>(rank), spectra_ms, comparison_ms);
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
