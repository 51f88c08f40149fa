// lora health: what a run's numbers say of its health.

#include "app/output.h"
#include "app/verbs/verbs.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_health.h"

#include <iostream>

namespace lora {

namespace {

struct HealthOptions {
    std::string run;
    bool json = false;
};

int show_health(const HealthOptions& options) {
    const std::vector<Alarm> alarms = find_alarms(read_run(options.run));
    for (const Alarm& alarm : alarms) {
        if (options.json) {
            print_event(alarm_event(alarm));
            continue;
        }
        std::cout << "step " << alarm.step << ": " << alarm.sentence << "\n  " << alarm.advice << '\n';
        for (const std::string& path : alarm.targets) std::cout << "  " << path << '\n';
    }
    if (alarms.empty() && !options.json) std::cout << "Nothing looks unhealthy.\n";
    std::cout << std::flush;
    return exit_done;
}

} // namespace

void add_health(CLI::App& command, Action& action) {
    auto options = std::make_shared<HealthOptions>();
    CLI::App* verb =
        command.add_subcommand("health", "What a run's numbers say: an evaluation that gets worse, a loss "
                                         "that rises, an update that outgrows its "
                                         "weight, targets that stay zero, jumps; and advice on the rank");
    verb->add_option("run", options->run, "A run's folder")->required();
    verb->add_flag("--json", options->json, "Print JSON, one object an alarm");
    verb->footer("Example:\n  lora health my-run");
    verb->callback([options, &action] { action = [options] { return show_health(*options); }; });
}

} // namespace lora
