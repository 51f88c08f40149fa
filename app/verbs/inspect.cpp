// lora inspect: what a model, adapter, dataset or run is.

#include "app/output.h"
#include "app/verbs/verbs.h"
#include "engine/adapters/peft.h"
#include "engine/architectures/catalog.h"
#include "engine/data/dataset_files.h"
#include "engine/data/dataset_paths.h"
#include "engine/data/row_shapes.h"
#include "engine/methods/subspace_files.h"
#include "engine/runs/result_origin.h"
#include "engine/runs/run_events.h"
#include "engine/runs/run_record.h"

#include <filesystem>
#include <iostream>
#include <map>

namespace lora {

namespace {

namespace fs = std::filesystem;

Json described_model(const std::string& path) {
    const ModelSummary model = describe_model(path);
    Json linears = Json::array();
    for (const LinearInfo& linear : model.linears)
        linears.push_back({{"path", linear.path}, {"out", linear.out}, {"in", linear.in}});
    return {{"kind", "model"}, {"name", model.name}, {"architecture", model.model_type},
        {"task", model.task == Task::Classification ? "classification" : "next token"},
        {"format", model.format}, {"parameters", model.parameters}, {"layers", model.layers},
        {"hidden_size", model.hidden_size}, {"vocab_size", model.vocab_size},
        {"context_length", model.context_length}, {"linears", linears}};
}

MethodKind method_of(const Adapter& adapter) {
    if (adapter.vera) return MethodKind::Vera;
    if (adapter.has_magnitudes()) return MethodKind::Dora;
    return adapter.use_rslora ? MethodKind::RsLora : MethodKind::Lora;
}

Json described_adapter(const std::string& path) {
    const Adapter adapter = read_peft(path, at::kCPU);
    Json targets = Json::array();
    for (const auto& [target, alpha, update] : adapter.targets) {
        targets.push_back({{"path", target}, {"rank", update.rank()}, {"alpha", alpha},
            {"out", update.B.size(0)}, {"in", update.A.size(1)}});
        if (adapter.vera && adapter.vera->vectors.at(target).in == 0) targets.back()["in"] = nullptr;
    }
    Json about{{"kind", "adapter"}, {"method", name(method_of(adapter))}, {"rank", adapter.rank()},
        {"alpha", adapter.alpha()}, {"use_rslora", adapter.use_rslora}, {"parameters", adapter.parameters()},
        {"targets", targets}};
    if (const auto origin = read_origin(path)) {
        about["run"] = origin->run;
        about["step"] = origin->step;
        if (origin->evaluation_loss) about["evaluation_loss"] = *origin->evaluation_loss;
    }
    if (adapter.head) {
        about["classes"] = adapter.head->weight.size(0);
        if (!adapter.head->labels.empty()) about["labels"] = adapter.head->labels;
    }
    return about;
}

Json described_run(const std::string& path) {
    const RunRecord run = read_run(path);
    Json about{{"kind", "run"}, {"steps_done", run.steps.size()}, {"total_steps", run.total_steps},
        {"finished", run.finished}, {"adapter", run.adapter}, {"settings", to_json(run.settings)}};
    if (!run.steps.empty()) about["last_loss"] = run.steps.back().loss;
    if (!run.evaluations.empty()) {
        about["last_evaluation_loss"] = run.evaluations.back().loss;
        if (const auto accuracy = run.evaluations.back().accuracy) about["last_accuracy"] = *accuracy;
    }
    if (run.end) about["ended"] = name(*run.end);
    if (run.best)
        about["best"] = {
            {"step", run.best->step}, {"evaluation_loss", run.best->loss}, {"folder", run.best->folder}};
    if (!run.labels.empty()) about["labels"] = run.labels;
    return about;
}

Json described_dataset(const std::string& path) {
    const DatasetFiles files(path);
    Json about{{"kind", "dataset"}, {"format", files.format_name()}};
    if (files.is_plain_text()) {
        std::size_t size_bytes = 0;
        for (const std::string& each : files.paths()) size_bytes += DatasetFile(each).text().size();
        about["size_bytes"] = size_bytes;
        return about;
    }
    std::map<const RowShape*, std::int64_t> shapes;
    std::int64_t count = 0, labelled = 0;
    RowsOfFiles rows = files.rows();
    while (const auto row = rows.next()) {
        ++count;
        ++shapes[row->shape];
        labelled += row->label.has_value();
    }
    about["rows"] = count;
    for (const RowShape& shape : row_shapes()) about[shape.key] = shapes[&shape];
    about["text_with_label"] = labelled;
    return about;
}

Json described_subspace(const std::string& path) {
    const SubspaceResult subspace = read_subspace(path);
    Json about{{"kind", "subspace"}, {"dimension", subspace.settings.dimension},
        {"projection", name(subspace.settings.projection)}, {"said", subspace.settings.said},
        {"base_model", subspace.base_model}, {"weights", subspace.weights}};
    if (subspace.head) about["labels"] = subspace.head->labels;
    return about;
}

// By what lies there.
Json described(const std::string& path) {
    std::error_code ignored;
    if (fs::is_regular_file(fs::path(path) / "run.json", ignored)) return described_run(path);
    if (fs::is_regular_file(fs::path(path) / "adapter_config.json", ignored)) return described_adapter(path);
    if (is_subspace(path)) return described_subspace(path);
    if (fs::is_regular_file(path, ignored) && fs::path(path).extension() != ".gguf")
        return described_dataset(path);
    if (fs::is_other(path, ignored))
        fail(path, "a device, pipe or socket", "a model, an adapter, a dataset or a run");
    const bool is_model = fs::exists(fs::path(path) / "config.json", ignored);
    if (!is_model && (is_dataset_folder(path) || (!fs::exists(path, ignored) && names_dataset_files(path))))
        return described_dataset(path);
    return described_model(path);
}

void print_for_people(const Json& about) {
    for (const auto& [key, value] : about.items()) {
        if (!value.is_array()) {
            std::cout << key << ": " << (value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
            continue;
        }
        std::cout << key << ": " << value.size() << '\n';
        for (const auto& item : value) {
            if (!item.is_object()) {
                std::cout << "  " << item.get<std::string>() << '\n';
                continue;
            }
            std::cout << "  " << item.at("path").get<std::string>() << "  [" << item.at("out") << ", "
                      << item.at("in") << ']';
            if (item.contains("rank"))
                std::cout << "  rank " << item.at("rank") << ", alpha " << item.at("alpha");
            std::cout << '\n';
        }
    }
    std::cout << std::flush;
}

int inspect(const std::string& path, bool json) {
    const Json about = described(path);
    if (json)
        print_event(about);
    else
        print_for_people(about);
    return exit_done;
}

} // namespace

void add_inspect(CLI::App& command, Action& action) {
    struct InspectOptions {
        std::string path;
        bool json = false;
    };
    auto options = std::make_shared<InspectOptions>();
    CLI::App* verb = command.add_subcommand("inspect", "What a model, adapter, subspace, dataset or run is");
    verb->add_option("path", options->path,
            "A model, adapter or run folder, a GGUF file or a dataset (a file, a folder of such, or a "
            "pattern)")
        ->required();
    verb->add_flag("--json", options->json, "Print one JSON object");
    verb->footer("Example:\n  lora inspect smollm2.gguf");
    verb->callback(
        [options, &action] { action = [options] { return inspect(options->path, options->json); }; });
}

} // namespace lora
