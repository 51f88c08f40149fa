// How long the laboratory's views take for one adapter beside another, from the question to the drawn view.
// usage: benchmark-laboratory ADAPTER OTHER [THREADS]; prints one JSON object of ms. No model is needed.

#include "engine/adapters/loralib.h"
#include "engine/analysis/spectrum.h"
#include "engine/analysis/subspace.h"
#include "engine/error.h"
#include "engine/training/rank_advisor.h"
#include "ui/laboratory/advisor_view.h"
#include "ui/laboratory/comparison_view.h"
#include "ui/training/live_view.h"

#include <QApplication>
#include <QElapsedTimer>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <ATen/Device.h>
#include <ATen/Parallel.h>

namespace {

using namespace lora;

template <class Act>
double took_ms(Act&& act) {
    QElapsedTimer clock;
    clock.start();
    act();
    QApplication::processEvents();
    return 1e-6 * static_cast<double>(clock.nsecsElapsed());
}

/// The grid of a model that has exactly the adapter's linears.
LayerGrid grid_of(const Adapter& adapter) {
    std::vector<LinearInfo> linears;
    for (const TargetUpdate& target : adapter.targets) {
        const std::string& path = target.path;
        const std::size_t number = path.find("layers.");
        const std::size_t last = path.rfind('.');
        if (number == std::string::npos || last == std::string::npos) continue;
        linears.push_back({.path = path,
            .layer = std::atoll(path.c_str() + number + 7),
            .module = path.substr(last + 1),
            .group = {},
            .in = target.update.A.size(1),
            .out = target.update.B.size(0)});
    }
    return LayerGrid(linears);
}

template <class View>
void show(View& view) {
    view.resize(1200, 700);
    view.show();
    QApplication::processEvents();
}

void measure(const char* path, const char* other_path) {
    Adapter adapter, other;
    const double load = took_ms([&] { adapter = open_adapter(path, at::kCPU).adapter; });
    EngineLink idle([](const Emit&) -> Work {
        return {[](const Request&, const std::stop_token&) {}, [] { return false; },
            [](const std::stop_token&) {}};
    });
    LiveView live(idle);
    live.setGrid(grid_of(adapter));
    show(live);
    const double spectrum = took_ms([&] {
        auto done = std::make_shared<SpectraOfStep>();
        done->spectra = spectra(adapter);
        live.add(SpectraDone{RunId{}, std::move(done)});
        QApplication::processEvents();
    });
    AdvisorView advisor;
    show(advisor);
    const double advice = took_ms([&] {
        advisor.setAdvice({std::make_shared<const RankAdvice>(advise(adapter, {})), true});
    });
    ComparisonView comparison;
    show(comparison);
    const double compared = took_ms([&] {
        other = open_adapter(other_path, at::kCPU).adapter;
        comparison.setComparison(std::make_shared<const AdapterComparison>(compare(adapter, other)));
    });
    std::printf("{\"targets\": %zu, \"load_ms\": %.0f, \"spectra_and_map_ms\": %.0f, \"energies_ms\": %.0f, "
                "\"comparison_ms\": %.0f}\n",
        adapter.targets.size(), load, spectrum, advice, compared);
}

} // namespace

int main(int count, char** words) {
    QApplication application(count, words);
    if (count < 3) return 2;
    if (count > 3) at::set_num_threads(std::atoi(words[3]));
    try {
        measure(words[1], words[2]);
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
