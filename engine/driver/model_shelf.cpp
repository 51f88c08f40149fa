#include "engine/driver/model_shelf.h"

#include "engine/checkpoints/checkpoint_files.h"
#include "engine/devices/devices.h"
#include "engine/devices/memory.h"
#include "engine/error.h"
#include "engine/files/mapping_guard.h"
#include "engine/settings/memory_estimate.h"

#include <filesystem>
#include <utility>

#include <ATen/Parallel.h>

namespace lora {

namespace {

at::ScalarType scalar_type_of(NumberType type) {
    return type == NumberType::BFloat16 ? at::kBFloat16 : at::kFloat;
}

// Of a model that is not quantized in its file.
bool makes(QuantizedWeights quantized) {
    return quantized == QuantizedWeights::Nf4 || quantized == QuantizedWeights::Int8;
}

std::string canonical(const std::string& path) {
    std::error_code failure;
    const auto found = std::filesystem::canonical(path, failure);
    return failure ? path : found.string();
}

/// What the model's weights take, by the headers of its files.
std::int64_t bytes_of(const ModelWish& wish, const std::string& device) {
    const ModelSummary model = describe_model(wish.path);
    const std::int64_t value = wish.dtype == NumberType::BFloat16 ? 2 : 4;
    return weight_bytes(model, wish.quantized, value, device != "cpu");
}

} // namespace

ModelWish wish_of(const RunSettings& settings) {
    return {settings.model, settings.device, settings.dtype, settings.quantized};
}

ModelShelf::ModelShelf(
    std::function<void()> before_it_goes, std::function<std::int64_t(const c10::Device&)> free_bytes)
    : devices_(find_devices()), before_it_goes_(std::move(before_it_goes)),
      free_bytes_(free_bytes ? std::move(free_bytes) : free_memory) {}

LoadedModel& ModelShelf::open(
    const ModelWish& wish, const LoadProgress& progress, const std::stop_token& stop) {
    const std::string device = choose_device(wish.device, devices_);
    // Says what is wrong with the files' headers while the model that is open is still there.
    if (loaded_ && (!files_are_unchanged() || !holds_both(wish, device))) let_go();
    auto loaded = std::make_unique<LoadedModel>(
        load_model(wish.path, device, scalar_type_of(wish.dtype), progress, stop, wish.quantized));
    let_go();
    loaded_ = std::move(loaded);
    dtype_ = wish.dtype;
    quantized_ = wish.quantized;
    return *loaded_;
}

LoadedModel& ModelShelf::get(
    const ModelWish& wish, const LoadProgress& progress, const std::stop_token& stop) {
    return holds(wish) ? *loaded_ : open(wish, progress, stop);
}

bool ModelShelf::holds(const ModelWish& wish) const {
    if (!loaded_ || dtype_ != wish.dtype || wish.path.empty() || !files_are_unchanged()) return false;
    if (quantized_ != wish.quantized
        && (loaded_->summary.packable_values > 0 || makes(wish.quantized) || makes(quantized_)))
        return false;
    try {
        return loaded_->summary.device == choose_device(wish.device, devices_)
               && canonical(find_checkpoint(wish.path).path) == canonical(loaded_->summary.path);
    } catch (const Error&) {
        return false; // opening it says why
    }
}

bool ModelShelf::holds_both(const ModelWish& wish, const std::string& device) const {
    return bytes_of(wish, device) <= free_bytes_(c10::Device(device));
}

void ModelShelf::let_go() {
    if (!loaded_) return;
    if (before_it_goes_) before_it_goes_();
    loaded_.reset();
}

void ModelShelf::use_threads(int wanted) const { at::set_num_threads(wanted > 0 ? wanted : devices_.cores); }

} // namespace lora
