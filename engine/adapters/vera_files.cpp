#include "engine/adapters/vera_files.h"

#include "engine/adapters/head_tensors.h"
#include "engine/adapters/low_rank_pairs.h"
#include "engine/adapters/peft.h"
#include "engine/adapters/peft_config.h"
#include "engine/adapters/peft_config_json.h"
#include "engine/error.h"
#include "engine/files/bytes.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace lora {

namespace {

constexpr std::string_view vera_prefix = "base_model.model.";
constexpr std::string_view suffix_vera_d = ".vera_lambda_d", suffix_vera_b = ".vera_lambda_b";
constexpr const char *name_A = "base_model.vera_A", *name_B = "base_model.vera_B";

// Beside our own vectors in the file's metadata, where PEFT passes it over: the input width of each linear.
constexpr const char* widths_key = "widths";

constexpr std::array<std::string_view, 20> understood_of_vera{"peft_type", "task_type", "auto_mapping",
    "peft_version", "base_model_name_or_path", "revision", "inference_mode", "runtime_config", "r",
    "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "init_weights", "bias",
    "modules_to_save", "projection_prng_key", "save_projection", "vera_dropout", "d_initial"};

at::Tensor matrix(const SafetensorsFile& file, const char* name, const at::Device& device) {
    const TensorView* view = file.find(name);
    if (view == nullptr)
        fail(file.path(), std::string("no tensor '") + name + "'", "the projection beside its vectors",
            "it is drawn for the largest of the model's targets, which the file does not tell: save the "
            "adapter "
            "in PEFT with save_projection=True");
    if (view->shape.size() != 2) fail(file.path() + ": " + name, shape_text(view->shape), "a matrix");
    return finite_values(*view, file.path(), device);
}

void need_shape(const SafetensorsFile& file, const std::string& name, const at::Tensor& tensor, bool holds,
    const std::string& expected) {
    if (!tensor.defined()) fail(file.path() + ": tensor '" + shown(name) + "'", "none", expected);
    if (!holds) fail(file.path() + ": tensor '" + shown(name) + "'", shape_text(tensor.sizes()), expected);
}

std::map<std::string, VeraVectors> read_vectors(
    const SafetensorsFile& file, const at::Device& device, std::vector<std::string>& others) {
    std::map<std::string, VeraVectors> vectors;
    for (const TensorView& view : file.tensors()) {
        std::string_view name = view.name;
        if (name == name_A || name == name_B) continue;
        const bool is_d = name.ends_with(suffix_vera_d);
        if (!name.starts_with(vera_prefix) || (!is_d && !name.ends_with(suffix_vera_b))) {
            others.push_back(view.name);
            continue;
        }
        name.remove_prefix(vera_prefix.size());
        name.remove_suffix(suffix_vera_d.size());
        VeraVectors& own = vectors[std::string(name)];
        (is_d ? own.d : own.b) = finite_values(view, file.path(), device);
    }
    if (vectors.empty()) fail(file.path(), "no vectors", "vera_lambda_d and vera_lambda_b of each target");
    return vectors;
}

void read_widths(const SafetensorsFile& file, VeraProjection& vera) {
    const auto found = file.metadata().find(widths_key);
    if (found == file.metadata().end()) return;
    const std::string where = file.path() + ": metadata: " + widths_key;
    const Json json = parse_json(found->second, where);
    const JsonFields fields(json, where);
    for (auto& [path, own] : vera.vectors) own.in = fields.integer(path, 1, vera.A.size(1));
}

void check_shapes(const SafetensorsFile& file, const VeraProjection& vera, std::int64_t rank) {
    const std::string r = std::to_string(rank), most = std::to_string(vera.B.size(0));
    need_shape(file, name_A, vera.A, vera.A.size(0) == rank && vera.A.size(1) > 0,
        "[" + r + ", largest in] as adapter_config.json says");
    need_shape(file, name_B, vera.B, vera.B.size(1) == rank, "[largest out, " + r + "]");
    for (const auto& [path, own] : vera.vectors) {
        const std::string name = std::string(vera_prefix) + path;
        need_shape(file, name + std::string(suffix_vera_d), own.d,
            own.d.defined() && own.d.sizes() == at::IntArrayRef{rank}, "[" + r + "]");
        need_shape(file, name + std::string(suffix_vera_b), own.b,
            own.b.defined() && own.b.dim() == 1 && own.b.size(0) <= vera.B.size(0),
            "a vector of at most vera_B's " + most + " rows");
    }
}

std::uint64_t read_key(const JsonFields& fields) {
    const Json* key = fields.find("projection_prng_key");
    if (key == nullptr) return 0;
    if (!key->is_number_unsigned())
        fail(fields.where() + ": projection_prng_key", shown(key->dump()), "a whole number, 0 or above");
    return key->get<std::uint64_t>();
}

Json config_of(const Adapter& adapter, const ModelSummary& base_model) {
    return {
        {"auto_mapping", nullptr},
        {"base_model_name_or_path", base_model.path},
        {"bias", "none"},
        {"d_initial", adapter.vera->d_initial},
        {"fan_in_fan_out", false},
        {"inference_mode", true},
        {"init_weights", true},
        {"layers_pattern", nullptr},
        {"layers_to_transform", nullptr},
        {"modules_to_save", modules_to_save(adapter.head)},
        {"peft_type", "VERA"},
        {"projection_prng_key", adapter.vera->key},
        {"r", adapter.vera->A.size(0)},
        {"revision", nullptr},
        {"save_projection", true},
        {"target_modules", peft_target_modules(adapter, base_model)},
        {"task_type", adapter.head ? "SEQ_CLS" : "CAUSAL_LM"},
        {"vera_dropout", adapter.targets.front().update.dropout},
    };
}

} // namespace

VeraRead read_vera(const Json& config, const std::string& config_path, const std::string& tensors_path,
    const at::Device& device) {
    const JsonFields fields(config, config_path);
    refuse_fields_not_built(config, fields, understood_of_vera);
    const std::int64_t rank = fields.integer_or("r", 256, 1, 65536);
    const double dropout = fields.number_or("vera_dropout", 0);
    if (dropout < 0 || dropout >= 1)
        fail(config_path + ": vera_dropout", std::to_string(dropout), "a number in [0, 1)");

    const SafetensorsFile file(tensors_path);
    VeraRead read;
    VeraProjection vera;
    vera.A = matrix(file, name_A, device);
    vera.B = matrix(file, name_B, device);
    vera.d_initial = fields.number_or("d_initial", vera.d_initial);
    vera.key = read_key(fields);
    vera.vectors = read_vectors(file, device, read.others);
    check_shapes(file, vera, rank);
    read_widths(file, vera);
    for (auto& [path, update] : vera.updates()) {
        update.dropout = dropout;
        read.adapter.targets.push_back({path, static_cast<double>(rank), update});
    }
    std::sort(read.adapter.targets.begin(), read.adapter.targets.end(),
        [](const TargetUpdate& a, const TargetUpdate& b) { return path_before(a.path, b.path); });
    read.adapter.vera = std::move(vera);
    return read;
}

void write_vera(StagedFolder& staged, const Adapter& adapter, const ModelSummary& base_model) {
    const VeraProjection& vera = *adapter.vera;
    std::vector<NamedTensor> tensors{{name_A, vera.A}, {name_B, vera.B}};
    Json widths = Json::object();
    for (const auto& [path, own] : vera.vectors) {
        tensors.push_back({std::string(vera_prefix) + path + std::string(suffix_vera_d), own.d});
        tensors.push_back({std::string(vera_prefix) + path + std::string(suffix_vera_b), own.b});
        widths[path] = own.in;
    }
    std::map<std::string, std::string> metadata;
    if (vera.knows_widths()) metadata[widths_key] = widths.dump();
    staged.write("adapter_config.json", config_of(adapter, base_model).dump(2) + "\n");
    write_peft_tensors(staged, std::move(tensors), adapter.head, std::move(metadata));
}

} // namespace lora
