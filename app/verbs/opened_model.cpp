#include "app/verbs/opened_model.h"

#include "app/verbs/chosen_result.h"
#include "engine/adapters/loralib.h"
#include "engine/adapters/tokens_in_place.h"
#include "engine/methods/subspace_files.h"
#include "engine/settings/settings.h"

#include <iostream>
#include <utility>

namespace lora {

void ModelOptions::add_to(CLI::App& verb) {
    add_base_to(verb)->required();
    verb.add_option("--adapter", adapter,
        "A PEFT adapter's folder, a run's, a subspace's, or a safetensors file with loralib's names");
    verb.add_option("--checkpoint", checkpoint, checkpoint_help);
}

CLI::Option* ModelOptions::add_base_to(CLI::App& verb) {
    CLI::Option* option = verb.add_option(
        "--model", model, "A Hugging Face folder, a GGUF file, or the name that `lora fetch` downloaded");
    verb.add_option("--device", device, "auto, cpu, cuda or cuda:N")->capture_default_str();
    verb.add_option("--dtype", dtype, "float32 or bfloat16: of the base and the activations")
        ->capture_default_str();
    verb.add_option("--quantized", quantized,
            "On the CPU. packed or unpacked: whether quantized weights stay so in memory; nf4 or int8: what "
            "the "
            "blocks' plain linears become")
        ->capture_default_str();
    verb.add_option("--threads", threads, "CPU threads; 0: all cores")
        ->capture_default_str()
        ->check(CLI::Range(0, 1024));
    return option;
}

OpenedModel open_model(const ModelOptions& options) {
    OpenedModel opened;
    opened.shelf.use_threads(options.threads);
    opened.loaded = &opened.shelf.open(
        {options.model, options.device, number_type(options.dtype), quantized_weights(options.quantized)});
    Model& model = *opened.loaded->model;
    if (options.adapter.empty() && options.checkpoint.empty()) return opened;
    const std::string place = chosen_result(options.adapter, options.checkpoint);
    if (is_subspace(place)) {
        const SubspaceResult subspace = read_subspace(place);
        opened.weights = put_on(subspace, model);
        opened.adapter.emplace().head = subspace.head;
    } else {
        OpenedAdapter adapter = open_adapter(place, model.device());
        for (const std::string& note : adapter.notes) std::cerr << "lora: warning: " << note << '\n';
        opened.adapter = with_widths_of(model, std::move(adapter.adapter));
    }
    attach(opened.adapter->on(model.device()), *opened.loaded);
    return opened;
}

} // namespace lora
