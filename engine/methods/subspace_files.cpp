#include "engine/methods/subspace_files.h"

#include "engine/adapters/head_tensors.h"
#include "engine/error.h"
#include "engine/files/json.h"
#include "engine/files/safetensors.h"
#include "engine/models/safetensors_tensors.h"

#include <filesystem>
#include <limits>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr const char *settings_file = "subspace.json", *values_file = "subspace.safetensors";
constexpr const char *theta = "theta", *lambda = "lambda";

// Throws Error unless it is there, in float32, with so many dimensions.
at::Tensor tensor_of(const SafetensorsFile& file, const char* name, std::size_t dimensions) {
    const TensorView* view = file.find(name);
    if (view == nullptr || view->type != ElementType::F32 || view->shape.size() != dimensions)
        fail(file.path() + ": tensor '" + name + "'", view == nullptr ? "none" : "another type or shape",
            "F32 of " + std::to_string(dimensions) + " dimensions");
    return owned_tensor(*view);
}

std::uint64_t seed_of(const JsonFields& fields) {
    const Json* seed = fields.find("seed");
    if (seed == nullptr || !seed->is_number_unsigned())
        fail(fields.where() + ": seed", seed == nullptr ? "none" : shown(seed->dump(), 80),
            "a whole number, 0 or above");
    return seed->get<std::uint64_t>();
}

std::optional<ClassifierHead> read_head(const SafetensorsFile& file, const JsonFields& fields) {
    std::vector<std::string> modules = fields.strings("head_modules");
    if (modules.empty()) modules = {"classifier"};
    std::optional<ClassifierHead> head = read_head_tensors(file, /*prefix=*/"", modules, at::kCPU);
    if (!head && !fields.has("labels")) return std::nullopt;
    if (!head) fail(file.path() + ": the classifier", "none", "one, for the labels in " + fields.where());
    head->labels = fields.strings("labels");
    if (static_cast<std::int64_t>(head->labels.size()) != head->weight.size(0))
        fail(file.path() + ": the classifier", "weight, bias and labels of different numbers of classes",
            "one number");
    head->problem = problem_of_head(fields.string_or("problem_type", ""), fields.where() + ": problem_type");
    return head;
}

} // namespace

void write_subspace(StagedFolder& staged, const SubspaceResult& result) {
    Json json{{"base_model", result.base_model}, {"dimension", result.settings.dimension},
        {"projection", name(result.settings.projection)}, {"said", result.settings.said},
        {"seed", result.seed}, {"weights", result.weights}};
    std::vector<NamedTensor> tensors{{theta, result.point.theta}, {lambda, result.point.lambda}};
    if (result.head) {
        json["labels"] = result.head->labels;
        if (result.head->problem != Problem::Unsaid) json["problem_type"] = name(result.head->problem);
        json["head_modules"] = modules_to_save(result.head);
        for (NamedTensor& tensor : head_tensors(*result.head, /*prefix=*/""))
            tensors.push_back(std::move(tensor));
    }
    staged.write(settings_file, json.dump(2) + "\n");
    write_tensors(staged, values_file, tensors);
}

bool is_subspace(const std::string& folder) {
    std::error_code ignored;
    return fs::is_regular_file(fs::path(folder) / settings_file, ignored);
}

SubspaceResult read_subspace(const std::string& folder) {
    const std::string path = (fs::path(folder) / settings_file).string();
    const Json json = read_json(path);
    const JsonFields fields(json, path);
    const SafetensorsFile file((fs::path(folder) / values_file).string());
    SubspaceResult result;
    result.settings.dimension = fields.integer("dimension", 1, std::numeric_limits<std::int32_t>::max());
    result.settings.projection = projection_kind(fields.string("projection"));
    result.settings.said = fields.boolean_or("said", false);
    result.seed = seed_of(fields);
    result.weights = fields.strings("weights");
    result.base_model = fields.string_or("base_model", "");
    result.point = {tensor_of(file, theta, 1), tensor_of(file, lambda, 1)};
    result.head = read_head(file, fields);
    return result;
}

std::unique_ptr<TrainedWeights> put_on(const SubspaceResult& result, Model& model) {
    auto weights = std::make_unique<TrainedWeights>(model, result.weights);
    const SubspaceMap map(*weights, result.settings, result.seed);
    const SubspacePoint origin = map.origin(at::kFloat);
    if (result.point.theta.sizes() != origin.theta.sizes()
        || result.point.lambda.sizes() != origin.lambda.sizes())
        fail("the subspace's numbers",
            std::to_string(result.point.theta.numel()) + " and "
                + std::to_string(result.point.lambda.numel()),
            std::to_string(origin.theta.numel()) + " and " + std::to_string(origin.lambda.numel())
                + " for its dimension and this model's layers");
    map.write(result.point, *weights);
    return weights;
}

} // namespace lora
