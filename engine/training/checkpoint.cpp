#include "engine/training/checkpoint.h"

#include "engine/adapters/peft.h"
#include "engine/error.h"
#include "engine/files/safetensors.h"
#include "engine/files/store.h"
#include "engine/models/safetensors_tensors.h"

#include <filesystem>

#include <ATen/ATen.h>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr const char* optimizer_file = "optimizer.safetensors";
constexpr const char* first_moment = "first_moment";
constexpr const char* second_moment = "second_moment";
constexpr const char* steps_done = "steps";
constexpr std::size_t kept_checkpoints = 2;

void read_moment(const SafetensorsFile& file, const char* name, at::Tensor& moment) {
    const TensorView* view = file.find(name);
    const std::vector<std::int64_t> shape = moment.sizes().vec();
    if (view == nullptr || view->type != ElementType::F32 || view->shape != shape)
        fail(file.path() + ": tensor '" + name + "'", "none of this run's size",
            "F32 [" + std::to_string(moment.numel()) + "]",
            "the run was made with other targets or another rank");
    moment.copy_(owned_tensor(*view));
}

} // namespace

std::string write_checkpoint(const std::string& run_folder, std::int64_t step, const Adapter& adapter,
    const AdamW& optimizer, const ModelSummary& model) {
    const std::string folder = checkpoint_path(run_folder, step);
    std::error_code failure;
    fs::create_directories(fs::path(folder).parent_path(), failure);
    StagedFolder staged(folder);
    write_peft_files(staged, adapter, model);
    const at::Tensor steps = at::full({1}, optimizer.steps, at::kLong);
    staged.write(optimizer_file, tensors_as_safetensors({{first_moment, optimizer.first_moment},
                                     {second_moment, optimizer.second_moment}, {steps_done, steps}}));
    staged.commit();

    const auto all = list_checkpoints(run_folder);
    for (std::size_t i = 0; i + kept_checkpoints < all.size(); ++i) fs::remove_all(all[i].folder, failure);
    return folder;
}

Adapter read_checkpoint_adapter(const Checkpoint& checkpoint, const at::Device& device) {
    return read_peft(checkpoint.folder, device);
}

void read_checkpoint_optimizer(const Checkpoint& checkpoint, AdamW& optimizer) {
    const SafetensorsFile file((fs::path(checkpoint.folder) / optimizer_file).string());
    read_moment(file, first_moment, optimizer.first_moment);
    read_moment(file, second_moment, optimizer.second_moment);
    const TensorView* steps = file.find(steps_done);
    if (steps == nullptr || steps->type != ElementType::I64 || steps->bytes.size() != sizeof(std::int64_t))
        fail(file.path() + ": tensor 'steps'", "none", "one I64");
    optimizer.steps = owned_tensor(*steps).item<std::int64_t>();
}

} // namespace lora
