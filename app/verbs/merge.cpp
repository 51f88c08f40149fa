// lora merge and lora export: an adapter inside its model's weights, and as llama.cpp wants it.

#include "engine/adapters/merge.h"

#include "app/output.h"
#include "app/verbs/adapter_option.h"
#include "app/verbs/verbs.h"
#include "engine/adapters/gguf_adapter.h"
#include "engine/adapters/gguf_adapter_file.h"
#include "engine/adapters/gguf_packing.h"
#include "engine/adapters/merged_gguf.h"
#include "engine/architectures/catalog.h"

#include <iostream>

namespace lora {

namespace {

struct MergeOptions {
    AdapterOption adapter;
    std::string model;
    std::string out;
    std::int64_t shard_megabytes = default_shard_bytes >> 20;
    std::string gguf;
    bool json = false;
};

int merge_model(const MergeOptions& options) {
    const Adapter adapter = options.adapter.open(options.json);
    const MergedModel merged =
        options.gguf.empty() ? merge(options.model, adapter, options.out, options.shard_megabytes << 20)
                             : merge_to_gguf(options.model, adapter, options.out, written_type(options.gguf));
    for (const std::string& note : merged.notes) print_warning(note, options.json);
    if (options.json)
        print_event({{"event", "merged"}, {options.gguf.empty() ? "folder" : "file", merged.path},
            {"files", merged.files}, {"weight_bytes", merged.bytes}});
    else
        std::cout << merged.path << ": " << merged.files.size()
                  << (merged.files.size() == 1 ? " file, " : " files, ") << (merged.bytes >> 20)
                  << " MiB of weights" << std::endl;
    return exit_done;
}

struct ExportOptions {
    AdapterOption adapter;
    std::string model;
    std::string gguf;
    bool json = false;
};

int export_adapter(const ExportOptions& options) {
    const Adapter adapter = options.adapter.open(options.json);
    const std::string bytes = gguf_adapter_bytes(adapter, open_weights(options.model).config());
    write_gguf_adapter(options.gguf, bytes);
    if (options.json)
        print_event({{"event", "exported"}, {"file", options.gguf}, {"bytes", bytes.size()}});
    else
        std::cout << options.gguf << ": " << adapter.targets.size() << " targets, " << bytes.size()
                  << " bytes" << std::endl;
    return exit_done;
}

} // namespace

void add_merge(CLI::App& command, Action& action) {
    auto options = std::make_shared<MergeOptions>();
    CLI::App* verb = command.add_subcommand(
        "merge", "Model and adapter as one model, in a Hugging Face folder or a GGUF file");
    verb->add_option("--model", options->model,
            "A Hugging Face folder, a GGUF file, or the name that `lora fetch` downloaded")
        ->required();
    options->adapter.add_to(*verb, "--adapter");
    verb->add_option("--out", options->out, "The new folder, or with --gguf the new file")->required();
    CLI::Option* const shards =
        verb->add_option("--shard-size", options->shard_megabytes, "MiB of weights a file at most")
            ->check(CLI::Range(1, 1 << 20))
            ->capture_default_str();
    verb->add_option("--gguf", options->gguf,
            "One GGUF file for llama.cpp, its matrices in this type: F16, BF16, Q8_0 or F32; of a GGUF base "
            "what the adapter leaves alone is copied as it is")
        ->check(CLI::IsMember({"F16", "BF16", "Q8_0", "F32"}))
        ->excludes(shards);
    verb->add_flag("--json", options->json, "Print JSON");
    verb->footer("Example:\n  lora merge --model SmolLM2-135M --adapter run/adapter --out merged\n"
                 "  lora merge --model SmolLM2-135M --adapter run/adapter --gguf F16 --out merged.gguf");
    verb->callback([options, &action] { action = [options] { return merge_model(*options); }; });
}

void add_export(CLI::App& command, Action& action) {
    auto options = std::make_shared<ExportOptions>();
    CLI::App* verb = command.add_subcommand("export", "An adapter as a GGUF file for llama.cpp");
    options->adapter.add_to(*verb);
    verb->add_option("--gguf", options->gguf, "The file to write")->required();
    verb->add_option("--model", options->model,
            "The base model, whose numbers of heads decide the order of rows: a Hugging Face folder or a "
            "GGUF file")
        ->required();
    verb->add_flag("--json", options->json, "Print JSON");
    verb->footer("Example:\n  lora export run/adapter --model smollm2.gguf --gguf adapter.gguf\n"
                 "  llama-cli -m smollm2.gguf --lora adapter.gguf");
    verb->callback([options, &action] { action = [options] { return export_adapter(*options); }; });
}

} // namespace lora
