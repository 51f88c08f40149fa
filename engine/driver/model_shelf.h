#pragma once
// The one model that is open: kept for whoever wants the same one next, let go for another one. Window,
// command and sweep take their models from here.

#include "engine/architectures/catalog.h"
#include "engine/machine/device_info.h"
#include "engine/settings/settings.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include <c10/core/Device.h>

namespace lora {

/// Which model, where, and of what numbers.
struct ModelWish {
    std::string path;
    std::string device = "auto";
    NumberType dtype = NumberType::Float32;
    QuantizedWeights quantized = QuantizedWeights::Packed;
};
ModelWish wish_of(const RunSettings& settings);

class ModelShelf {
public:
    /// `before_it_goes` is told before the model that is open is destroyed; nothing may refer to it from then
    /// on. `free_bytes`: how much memory of a device may still be taken; the machine's where none is given.
    explicit ModelShelf(std::function<void()> before_it_goes = {},
        std::function<std::int64_t(const c10::Device&)> free_bytes = {});

    /// Opens a model in place of the one that is open. That one stays until the new one is whole, and so
    /// where the new one cannot be opened; only where memory does not hold both it goes first. Throws Error.
    LoadedModel& open(
        const ModelWish& wish, const LoadProgress& progress = {}, const std::stop_token& stop = {});
    /// The model that is open where it is the wished one, else as open().
    LoadedModel& get(
        const ModelWish& wish, const LoadProgress& progress = {}, const std::stop_token& stop = {});

    const Devices& devices() const { return devices_; }    ///< that a model can be opened on
    LoadedModel* current() const { return loaded_.get(); } ///< null: none is open
    /// Whether the model that is open is the wished one: the same files, however they were named, on the same
    /// device and of the same numbers.
    bool holds(const ModelWish& wish) const;

    /// 0: all physical cores.
    void use_threads(int wanted) const;

private:
    void let_go();
    bool holds_both(const ModelWish& wish, const std::string& device) const;

    Devices devices_;
    std::function<void()> before_it_goes_;
    std::function<std::int64_t(const c10::Device&)> free_bytes_;
    std::unique_ptr<LoadedModel> loaded_;
    NumberType dtype_ = NumberType::Float32;
    QuantizedWeights quantized_ = QuantizedWeights::Packed;
};

} // namespace lora
