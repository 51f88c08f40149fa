// lora devices: what there is to run on, and why not more.

#include "engine/devices/devices.h"

#include "app/output.h"
#include "app/verbs/verbs.h"

#include <iostream>

namespace lora {

namespace {

int show_devices(bool json) {
    const Devices devices = find_devices();
    if (json) {
        Json found = Json::array();
        for (const auto& [id, description, memory] : devices.found)
            found.push_back({{"id", id}, {"description", description}, {"memory_bytes", memory}});
        print_event({{"event", "devices"}, {"devices", found}, {"cores", devices.cores},
            {"why_no_gpu", devices.why_no_gpu}, {"chosen", choose_device("auto", devices)}});
        return exit_done;
    }
    for (const auto& [id, description, memory] : devices.found) {
        std::cout << id << "  " << description;
        if (id == "cpu") std::cout << ", " << devices.cores << " cores";
        if (memory > 0) std::cout << ", " << (memory >> 20) << " MiB";
        std::cout << '\n';
    }
    if (!devices.why_no_gpu.empty()) std::cout << "No GPU: " << devices.why_no_gpu << '\n';
    std::cout << "auto is " << choose_device("auto", devices) << std::endl;
    return exit_done;
}

} // namespace

void add_devices(CLI::App& command, Action& action) {
    auto json = std::make_shared<bool>(false);
    CLI::App* verb = command.add_subcommand("devices", "What a run would use, and why");
    verb->add_flag("--json", *json, "Print one JSON object");
    verb->footer("Example:\n  lora devices");
    verb->callback([json, &action] { action = [json] { return show_devices(*json); }; });
}

} // namespace lora
