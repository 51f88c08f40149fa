#include "engine/training/checkpoint.h"

#include "engine/adapters/peft.h"
#include "engine/error.h"
#include "engine/files/new_folder.h"
#include "engine/files/safetensors.h"
#include "engine/files/staging.h"
#include "engine/files/store.h"
#include "engine/methods/method_state.h"
#include "engine/models/safetensors_tensors.h"

#include <filesystem>

#include <ATen/ATen.h>

namespace lora {

namespace {

namespace fs = std::filesystem;

constexpr const char* optimizer_file = "optimizer.safetensors";
constexpr const char* method_file = "method.safetensors";
constexpr const char* steps_done = "steps";
constexpr std::size_t kept_checkpoints = 2;

// "first_moment" of the first group, "first_moment.1" of the next.
std::string moment_name(const char* which, std::size_t group) {
    return std::string(which) + "_moment" + (group > 0 ? "." + std::to_string(group) : "");
}

} // namespace

std::string write_checkpoint(const std::string& run_folder, const ResultOrigin& origin,
    std::optional<std::int64_t> best, const Method& method, const AdamW& optimizer,
    const ModelSummary& model) {
    std::string folder = checkpoint_path(run_folder, origin.step);
    make_folder(fs::path(folder).parent_path().string());
    StagedFolder staged(folder);
    method.write_checkpoint_files(staged, model);
    if (const auto state = method.state(); !state.empty()) write_tensors(staged, method_file, state);
    std::vector<NamedTensor> moments{{steps_done, at::full({1}, optimizer.steps, at::kLong)}};
    for (std::size_t i = 0; i < optimizer.moments.size(); ++i) {
        moments.push_back({moment_name("first", i), optimizer.moments[i].first});
        moments.push_back({moment_name("second", i), optimizer.moments[i].second});
    }
    write_tensors(staged, optimizer_file, moments);
    const auto [name, contents] = file_of(origin);
    staged.write(name, contents);
    staged.commit();

    std::vector<Checkpoint> up_to_here = list_checkpoints(run_folder);
    std::erase_if(up_to_here, [&](const Checkpoint& each) { return each.step > origin.step; });
    for (std::size_t i = 0; i + kept_checkpoints < up_to_here.size(); ++i)
        if (up_to_here[i].step != best) remove_at_once(up_to_here[i].folder);
    return folder;
}

Adapter read_checkpoint_adapter(const Checkpoint& checkpoint, const at::Device& device) {
    return read_peft(checkpoint.folder, device);
}

void restore_method(const Checkpoint& checkpoint, Method& method) {
    const std::string path = (fs::path(checkpoint.folder) / method_file).string();
    if (!method.state().empty()) method.restore(SafetensorsFile(path));
}

void read_checkpoint_optimizer(const Checkpoint& checkpoint, AdamW& optimizer) {
    const SafetensorsFile file((fs::path(checkpoint.folder) / optimizer_file).string());
    for (std::size_t i = 0; i < optimizer.moments.size(); ++i) {
        read_state(file, moment_name("first", i), optimizer.moments[i].first);
        read_state(file, moment_name("second", i), optimizer.moments[i].second);
    }
    const TensorView* steps = file.find(steps_done);
    if (steps == nullptr || steps->type != ElementType::I64 || steps->bytes.size() != sizeof(std::int64_t))
        fail(file.path() + ": tensor 'steps'", "none", "one I64");
    optimizer.steps = owned_tensor(*steps).item<std::int64_t>();
}

} // namespace lora
