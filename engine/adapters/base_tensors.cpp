#include "engine/adapters/base_tensors.h"

#include "engine/adapters/expert_tensors.h"
#include "engine/checkpoints/checkpoint_files.h"
#include "engine/checkpoints/gguf_names.h"
#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/files/safetensors.h"
#include "engine/models/safetensors_tensors.h"
#include "engine/models/scaled_weights.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

namespace lora {

namespace {

// In bfloat16, which keeps more than 8 bits and their scales did. Holds the weights, in whose files it lies.
BaseTensor unpacked(const Weights& base, const QuantizedTensor& weight) {
    const std::int64_t values = weight.shape[0] * weight.shape[1];
    return {
        weight.name, 2 * values, [base, &weight] { return unpacked_weight(weight, at::kBFloat16); }, values};
}

std::vector<BaseTensor> tensors_of_folder(const Weights& base) {
    std::vector<BaseTensor> tensors;
    const QuantizedTensors& quantized = base.quantized_tensors();
    for (const std::string& shard : find_checkpoint(base.path()).shards) {
        const auto file = std::make_shared<const SafetensorsFile>(shard);
        for (const TensorView& view : file->tensors()) {
            if (quantized.is_part(view.name)) continue;
            if (const QuantizedTensor* const weight = quantized.find(view.name))
                tensors.push_back(unpacked(base, *weight));
            else
                tensors.push_back({view.name, static_cast<std::int64_t>(view.bytes.size()),
                    [file, &view] { return owned_tensor(view); },
                    static_cast<std::int64_t>(view.bytes.size() / size_bytes(view.type))});
        }
    }
    return tensors;
}

std::vector<std::int64_t> shape_in_checkpoint(
    const std::string& name, std::vector<std::int64_t> shape, const Dialect& dialect) {
    if (shape.size() == 2 && is_transposed(name, dialect)) std::swap(shape[0], shape[1]);
    // GGUF leaves the middle dimension of a convolution out that takes each channel by itself.
    if (shape.size() == 2 && name.ends_with(".conv.weight")) shape.insert(shape.begin() + 1, 1);
    return shape;
}

std::vector<BaseTensor> tensors_of_gguf(const Weights& base) {
    std::vector<BaseTensor> tensors;
    for (const GgufTensor& tensor : base.gguf().tensors()) {
        const std::string name = checkpoint_name(tensor.name, base.dialect());
        if (name.empty())
            fail(base.path() + ": tensor '" + shown(tensor.name) + "'", "no place for it in a checkpoint",
                "the tensors of a " + base.config().value("model_type", "") + " checkpoint",
                "take the model's Hugging Face folder instead");
        if (base.dialect().experts != nullptr && tensor.shape.size() == 3) {
            for (BaseTensor& own : experts_of_gguf(base, name, tensor.shape))
                tensors.push_back(std::move(own));
            continue;
        }
        const auto bytes = checked_size(tensor.shape, sizeof(float));
        tensors.push_back({name, static_cast<std::int64_t>(bytes.value_or(0)),
            [base, name, shape = shape_in_checkpoint(name, tensor.shape, base.dialect())] {
                return base.tensor(name, shape).contiguous();
            },
            static_cast<std::int64_t>(bytes.value_or(0) / sizeof(float))});
    }
    return tensors;
}

std::vector<std::vector<BaseTensor>> in_shards(std::vector<BaseTensor> tensors, std::int64_t shard_bytes) {
    std::vector<std::vector<BaseTensor>> shards(1);
    std::int64_t filled = 0;
    for (BaseTensor& tensor : tensors) {
        if (filled > 0 && filled + tensor.bytes > shard_bytes) {
            shards.emplace_back();
            filled = 0;
        }
        filled += tensor.bytes;
        shards.back().push_back(std::move(tensor));
    }
    return shards;
}

std::string shard_name(std::size_t shard, std::size_t shards) {
    if (shards == 1) return "model.safetensors";
    char name[64];
    std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", shard + 1, shards);
    return name;
}

} // namespace

std::vector<BaseTensor> base_tensors(const Weights& base) {
    return base.is_gguf() ? tensors_of_gguf(base) : tensors_of_folder(base);
}

std::vector<BaseTensor>::iterator find_tensor(
    std::vector<BaseTensor>& tensors, const std::string& path, const Dialect& dialect) {
    std::vector<std::string> names = other_names(path, dialect);
    names.insert(names.begin(), path);
    for (const std::string& name : names) {
        const auto found = std::find_if(
            tensors.begin(), tensors.end(), [&](const BaseTensor& tensor) { return tensor.name == name; });
        if (found != tensors.end()) return found;
    }
    return tensors.end();
}

std::int64_t total_bytes(const std::vector<BaseTensor>& tensors) {
    std::int64_t bytes = 0;
    for (const BaseTensor& tensor : tensors) bytes += tensor.bytes;
    return bytes;
}

std::vector<std::string> write_shards(StagedFolder& staged, std::vector<BaseTensor> tensors,
    std::int64_t shard_bytes, const LoadProgress& progress, const std::stop_token& stop) {
    const std::int64_t total = total_bytes(tensors);
    std::vector<std::string> files;
    Json weight_map = Json::object();
    const auto shards = in_shards(std::move(tensors), shard_bytes);
    std::int64_t done = 0;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        std::vector<NamedTensor> written;
        files.push_back(shard_name(i, shards.size()));
        for (const BaseTensor& tensor : shards[i]) {
            if (stop.stop_requested()) throw Error("the writing of the model was stopped");
            written.push_back({tensor.name, tensor.read()});
            weight_map[tensor.name] = files.back();
            if (progress) progress(done += tensor.bytes, total);
        }
        write_tensors(staged, files.back(), written, {{"format", "pt"}});
    }
    if (shards.size() > 1) {
        const Json index{{"metadata", {{"total_size", total}}}, {"weight_map", weight_map}};
        files.emplace_back("model.safetensors.index.json");
        staged.write(files.back(), index.dump(2) + "\n");
    }
    return files;
}

} // namespace lora
