#pragma once
// The list of architectures, and the opening of models and their files by it.

#include "engine/checkpoints/summary.h"
#include "engine/models/model.h"
#include "engine/models/weights.h"
#include "engine/run_settings/run_settings.h"
#include "engine/text/tokenizer.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

struct LoadedModel {
    std::unique_ptr<Model> model;
    Tokenizer tokenizer;
    ModelSummary summary;
};

/// Values of config.json's model_type (GGUF's general.architecture) that can be opened.
std::vector<std::string> known_architectures();

/// Opens weights and tokenizer. `device` is "cpu", "cuda:0"; type float32 or bfloat16. `quantized`: what
/// becomes of quantized matrices, or of plain ones (the latter on the CPU alone). Throws Error for any fault
/// of the files; an unknown architecture is named with the known ones.
LoadedModel load_model(const std::string& path, const std::string& device, at::ScalarType type,
    const LoadProgress& progress = {}, const std::stop_token& stop = {},
    QuantizedWeights quantized = QuantizedWeights::Unpacked);

/// What load_model would say of the model, by the files' headers: no weight is read, and a tokenizer is not
/// needed (`has_chat_template` and `device` are not told). Throws Error.
ModelSummary describe_model(const std::string& path);

/// As Weights::open, with the dialect of the architecture that the files name.
Weights open_weights(const std::string& path);
/// The model of these weights, where they were prepared for. `config`: in place of the files' own. Throws
/// Error.
std::unique_ptr<Model> make_model(const Weights& weights, const at::Device& device);
std::unique_ptr<Model> make_model(const Json& config, const Weights& weights, const at::Device& device);
/// Throws Error naming a model_type that is not known, of the configuration that `where` names.
const Dialect& dialect_of(const Json& config, const std::string& where);

/// Whether checkpoints of this architecture have their linears as [in, out]; false for one that is not known.
bool has_transposed_linears(const std::string& model_type);

/// Whether checkpoints of this architecture have other parts beside the text model that is opened.
bool has_other_parts(const std::string& model_type);

/// The tokenizer alone; no weights are opened beyond their headers. Throws Error.
Tokenizer open_tokenizer(const std::string& path);

} // namespace lora
