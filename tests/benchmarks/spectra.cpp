// The spectra of an adapter on all targets, as a run measures them while it trains.
// usage: benchmark-spectra MODEL RANK TARGETS [THREADS]; prints one JSON object. No weight is read.

#include "engine/adapters/targets.h"
#include "engine/analysis/spectrum.h"
#include "engine/error.h"
#include "engine/models/catalog.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

int main(int count, char** words) {
    using namespace lora;
    if (count < 4) return 2;
    if (count > 4) at::set_num_threads(std::atoi(words[4]));
    try {
        const ModelSummary model = describe_model(words[1]);
        const std::int64_t rank = std::atoll(words[2]);
        Adapter adapter;
        for (const std::string& path : select_targets(model.linears, {words[3], ""}))
            for (const LinearInfo& linear : model.linears)
                if (linear.path == path)
                    adapter.targets.push_back({path, static_cast<double>(rank),
                        {.A = at::randn({rank, linear.in}), .B = at::randn({linear.out, rank}), .scale = 1}});
        std::vector<double> ms;
        for (int repeat = 0; repeat < 9; ++repeat) {
            const auto begin = std::chrono::steady_clock::now();
            spectra(adapter);
            ms.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
        }
        std::sort(ms.begin(), ms.end());
        std::printf("{\"targets\": %zu, \"rank\": %lld, \"median_ms\": %.2f}\n", adapter.targets.size(),
            static_cast<long long>(rank), ms[ms.size() / 2]);
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
