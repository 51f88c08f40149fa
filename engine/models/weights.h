#pragma once
// Tensors by the checkpoint's names, from safetensors files (mapped, not copied) or a GGUF file (unpacked).
// One goes down into it as into folders: weights.at("model").at("layers.0").tensor("input_layernorm.weight",
// {576}).

#include "engine/checkpoints/dialect.h"
#include "engine/checkpoints/quantized_tensors.h"
#include "engine/files/gguf.h"
#include "engine/files/json.h"
#include "engine/models/linear.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace lora {

/// How a load is going: bytes done of total.
using LoadProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Which architecture's files these are. `model_type` is config.json's word for it.
struct Family {
    std::string model_type;
    Dialect dialect;
};

/// By config.json's model_type or, `in_gguf`, by general.architecture. Of an architecture that nobody knows:
/// its own word and no dialect.
using FindFamily = Family (*)(const std::string& name, bool in_gguf);

class Weights {
public:
    /// `path` is a Hugging Face folder with model.safetensors (or its shards and index), a models--… folder
    /// of the Hugging Face cache, a GGUF file, or a folder that holds one GGUF file. Float32 weights on the
    /// CPU stay in the mapping. Throws Error for a folder without weights and for any fault of the files.
    static Weights open(const std::string& path, FindFamily find);

    /// What config.json says (for GGUF: would say).
    const Json& config() const;
    /// The file that messages about the config name.
    const std::string& config_file() const;
    /// "safetensors" or "GGUF Q4_1" (the type that most values have); of a checkpoint with other parts than a
    /// text model, or with tensors that have no use, also how much of it is left out, of a quantized one as
    /// what, and what quantize_linears did.
    std::string format() const;
    /// The folder or file that the tokenizer comes from.
    const std::string& path() const;
    bool is_gguf() const;
    const Dialect& dialect() const;
    const GgufFile& gguf() const;
    /// Of a folder, which of its weights are quantized.
    const QuantizedTensors& quantized_tensors() const;

    /// Where tensors go, what floating ones become; `progress` is told after each, `stop` asked before each.
    /// On torch's meta device tensors have shapes alone, and no weight is read.
    /// `keep_packed`: linear() and matrix() leave a GGUF file's quantized blocks as they are, mapped from the
    /// file where their rows need no other order, and lay bitsandbytes' numbers out as scaled rows; on the
    /// CPU and the meta device alone.
    void prepare(at::Device device, at::ScalarType type, LoadProgress progress, std::stop_token stop,
        bool keep_packed = false);
    /// From now on linear() quantizes the plain weights of the blocks to NF4 or Int8, on the CPU and the meta
    /// device, from what they are in prepare()'s type. Those whose rows have no whole blocks stay plain.
    void quantize_linears(BlockType type);

    /// What of the file prepare() could keep packed.
    struct Quantized {
        std::int64_t values = 0, bytes = 0;
    };
    Quantized quantized() const;

    Weights at(const std::string& name) const;
    /// The whole name of what is called `name` here.
    std::string path_of(const std::string& name) const;
    /// The tensor of this name here. A tensor that is missing or has another shape is noted, and check()
    /// throws.
    at::Tensor tensor(const std::string& name, const std::vector<std::int64_t>& shape) const;
    /// As tensor(), but float32 whatever the others become: of values whose rounding would change a choice.
    at::Tensor tensor_in_float(const std::string& name, const std::vector<std::int64_t>& shape) const;
    /// Undefined if the file has none.
    at::Tensor optional_tensor(const std::string& name, const std::vector<std::int64_t>& shape) const;
    /// A tensor of bytes as they are, on the CPU; undefined if the file has none.
    at::Tensor optional_bytes(const std::string& name, const std::vector<std::int64_t>& shape) const;
    /// A tensor that the checkpoint lacks, where the others go and in their type.
    at::Tensor filled(const std::vector<std::int64_t>& shape, double value) const;
    /// As tensor(), of a matrix that no gradient will reach: it may stay packed.
    FrozenWeight matrix(const std::string& name, const std::vector<std::int64_t>& shape) const;
    /// Of a tensor that the model has no use for: where the file has one of this name here, format() counts
    /// it.
    void leave_out(const std::string& name) const;
    /// `name`.weight [out, in] and, with `bias`, `name`.bias [out].
    Linear linear(const std::string& name, std::int64_t in, std::int64_t out, bool bias = false) const;

    /// Throws Error with all that tensor() noted, each with its name and expected shape.
    void check() const;

private:
    struct Source;
    explicit Weights(std::shared_ptr<Source> source, std::string prefix = {});
    std::shared_ptr<Source> source_;
    std::string prefix_;
};

} // namespace lora
