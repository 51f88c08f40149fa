#pragma once
// Which weights of a checkpoint in safetensors are quantized, and as what. What is not read here is refused
// by its name, with what to take instead.

#include "engine/checkpoints/quantized_tensor.h"
#include "engine/files/json.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace lora {

class QuantizedTensors {
public:
    QuantizedTensors() = default;
    /// `config_file` is for messages. The files have to stay open. Throws Error for a kind of quantization
    /// that is not read, and where a weight's parts do not fit each other.
    QuantizedTensors(std::span<const std::shared_ptr<const SafetensorsFile>> shards, const Json& config,
        const std::string& config_file);

    /// nullptr: it is plain, or there is none of that name.
    const QuantizedTensor* find(std::string_view name) const;
    /// Whether the tensor is a part of a quantized weight, such as its scales.
    bool is_part(std::string_view name) const { return parts_.contains(name); }
    const std::map<std::string, QuantizedTensor, std::less<>>& all() const { return weights_; }

    /// For people, behind "safetensors": ", bitsandbytes NF4"; where config.json speaks of a quantization
    /// that no weight has, that it does; else empty.
    const std::string& words() const { return words_; }

private:
    std::map<std::string, QuantizedTensor, std::less<>> weights_;
    std::set<std::string, std::less<>> parts_;
    std::string words_;
};

/// Takes from a config.json what speaks of a quantization that its weights no longer have.
void forget_quantization(Json& config);

} // namespace lora
