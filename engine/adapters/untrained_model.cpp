#include "engine/adapters/untrained_model.h"

#include "engine/adapters/base_tensors.h"
#include "engine/adapters/merged_files.h"
#include "engine/architectures/catalog.h"
#include "engine/error.h"
#include "engine/files/new_folder.h"

#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr double usual_deviation = 0.02;

at::Tensor untrained(
    const std::string& name, const at::Tensor& trained, double deviation, at::Generator& generator) {
    if (!trained.is_floating_point()) return trained;
    // Of gated delta rules: decays of all speeds, and steps as they are.
    constexpr double slowest = 0.01, fastest = 16;
    if (name.ends_with(".A_log"))
        return at::empty(trained.sizes(), at::kFloat)
            .uniform_(slowest, fastest, generator)
            .log()
            .to(trained.scalar_type());
    if (name.ends_with(".dt_bias")) return at::ones_like(trained);
    if (trained.dim() < 2) return name.ends_with("bias") ? at::zeros_like(trained) : at::ones_like(trained);
    return at::empty(trained.sizes(), at::kFloat).normal_(0, deviation, generator).to(trained.scalar_type());
}

} // namespace

MergedModel write_untrained_model(const std::string& model, const std::string& folder, std::uint64_t seed) {
    const c10::NoGradGuard no_gradient;
    need_new_or_empty(folder);
    const Weights base = open_weights(model);
    if (base.is_gguf())
        fail(model, "a GGUF file", "a Hugging Face folder, whose config.json the new model takes");
    const double deviation =
        JsonFields(base.config(), base.config_file()).number_or("initializer_range", usual_deviation);
    if (!(deviation > 0))
        fail(base.config_file() + ": initializer_range", std::to_string(deviation), "above 0");
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    std::vector<BaseTensor> tensors = base_tensors(base);
    for (BaseTensor& tensor : tensors)
        tensor.read = [name = tensor.name, read = tensor.read, deviation, generator]() mutable {
            return untrained(name, read(), deviation, generator);
        };

    MergedModel result{.path = folder};
    result.bytes = total_bytes(tensors);
    StagedFolder staged(folder);
    result.files = write_model_files(staged, base, Json::object(), result.notes);
    for (std::string& file : write_shards(staged, std::move(tensors), default_shard_bytes))
        result.files.push_back(std::move(file));
    staged.commit();
    return result;
}

} // namespace lora
