#pragma once
// The options --model, --adapter, --device, --dtype, --quantized and --threads, and the model they open.

#include "engine/adapters/adapter.h"
#include "engine/architectures/catalog.h"
#include "engine/driver/model_shelf.h"
#include "engine/methods/trained_weights.h"

#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace lora {

struct ModelOptions {
    std::string model;
    std::string adapter;
    std::string checkpoint;
    std::string device = "auto";
    std::string dtype = "float32";
    std::string quantized = "packed";
    int threads = 0;

    void add_to(CLI::App& verb);
    /// The same without --adapter, for verbs that do without a model too; gives --model, which is not
    /// required.
    CLI::Option* add_base_to(CLI::App& verb);
};

struct OpenedModel {
    ModelShelf shelf = ModelShelf();
    LoadedModel* loaded = nullptr;                ///< on the shelf
    std::unique_ptr<TrainedWeights> weights = {}; ///< a subspace's, in place of the model's
    std::optional<Adapter> adapter;               ///< in place on the model; of a subspace its head
};

/// Sets the threads, opens the model and puts the adapter on. Throws Error.
OpenedModel open_model(const ModelOptions& options);

} // namespace lora
