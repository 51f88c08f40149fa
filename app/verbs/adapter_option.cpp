#include "app/verbs/adapter_option.h"

#include "app/output.h"
#include "app/verbs/chosen_result.h"
#include "engine/adapters/loralib.h"
#include "engine/runs/run_events.h"

#include <iostream>

#include <ATen/core/Tensor.h>

namespace lora {

void AdapterOption::add_to(CLI::App& verb, const std::string& name) {
    verb.add_option(
            name, path, "A PEFT adapter's folder, a run's, or a safetensors file with loralib's names")
        ->required();
    verb.add_option("--checkpoint", checkpoint, checkpoint_help);
    verb.add_option("--alpha", alpha, "α of an adapter that has no adapter_config.json; else its rank");
}

std::string AdapterOption::place() const { return chosen_result(path, checkpoint); }

Adapter AdapterOption::open(bool json) const {
    OpenedAdapter opened = open_adapter(place(), at::kCPU, alpha);
    for (const std::string& note : opened.notes) print_warning(note, json);
    return std::move(opened.adapter);
}

void print_warning(const std::string& text, bool json) {
    if (json)
        print_event(warning_event(text));
    else
        std::cerr << "lora: warning: " << text << '\n';
}

} // namespace lora
