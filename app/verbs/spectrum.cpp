// lora spectrum: the singular values of an adapter's updates and the rank measures that follow.

#include "engine/analysis/spectrum.h"

#include "app/output.h"
#include "app/verbs/verbs.h"
#include "engine/adapters/peft.h"
#include "engine/training/run_events.h"

#include <iomanip>
#include <iostream>

namespace lora {

namespace {

struct Options {
    std::string adapter;
    bool json = false;
};

std::string words(const std::optional<double>& measure) {
    if (!measure) return "-";
    std::ostringstream text;
    text << std::fixed << std::setprecision(2) << *measure;
    return text.str();
}

void print_table(const std::vector<Spectrum>& all) {
    std::size_t width = 6;
    for (const auto& spectrum : all) width = std::max(width, spectrum.path.size());
    const auto column = [](int columns) { return std::setw(columns); };
    std::cout << std::left << column(static_cast<int>(width)) << "target" << std::right << column(12)
              << "norm" << column(12) << "sigma_1" << column(8) << "eff." << column(8) << "stable"
              << column(8) << "part." << column(5) << "90%" << column(5) << "99%" << '\n';
    for (const auto& [path, values, measures] : all) {
        std::cout << std::left << column(static_cast<int>(width)) << path << std::right << std::scientific
                  << std::setprecision(3) << column(12) << measures.frobenius << column(12)
                  << (values.empty() ? 0 : values.front()) << column(8) << words(measures.effective_rank)
                  << column(8) << words(measures.stable_rank) << column(8)
                  << words(measures.participation_ratio) << column(5)
                  << (measures.rank_90 ? std::to_string(*measures.rank_90) : "-") << column(5)
                  << (measures.rank_99 ? std::to_string(*measures.rank_99) : "-") << '\n';
    }
    std::cout << std::flush;
}

int show_spectrum(const Options& options) {
    const Adapter adapter = read_peft(options.adapter, at::kCPU);
    const std::vector<Spectrum> all = spectra(adapter);
    if (!options.json) {
        print_table(all);
        return exit_done;
    }
    for (const Spectrum& spectrum : all) {
        Json event = to_json(spectrum);
        Json line{{"event", "spectrum"}};
        line.update(event);
        print_event(line);
    }
    return exit_done;
}

} // namespace

void add_spectrum(CLI::App& command, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = command.add_subcommand(
        "spectrum", "Singular values of an adapter's updates, and how much of the rank they use");
    verb->add_option("adapter", options->adapter, "A PEFT adapter's folder")->required();
    verb->add_flag("--json", options->json, "Print JSON, one object a target");
    verb->footer("Example:\n  lora spectrum run/adapter");
    verb->callback([options, &action] { action = [options] { return show_spectrum(*options); }; });
}

} // namespace lora
