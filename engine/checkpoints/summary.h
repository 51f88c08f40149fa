#pragma once
// What a model is, as plain values: for the window, the command, and counting.

#include "engine/task.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lora {

/// A linear that may carry an update. Its weight is [out, in].
struct LinearInfo {
    std::string path;        ///< the checkpoint's name, "model.layers.0.self_attn.q_proj"
    std::int64_t layer = -1; ///< the block's number; -1 outside the blocks (the head)
    std::string module;      ///< the last part, "q_proj"
    std::string group; ///< between the block's number and it: "self_attn", "attention.output"; "" outside
    std::int64_t in = 0;
    std::int64_t out = 0;
    bool operator==(const LinearInfo&) const = default;
};

struct ModelSummary {
    std::string path;       ///< what was opened
    std::string name;       ///< for people
    std::string model_type; ///< config.json's word, "llama"
    Task task = Task::NextToken;
    std::string format; ///< "safetensors" or "GGUF Q4_1"
    std::int64_t parameters = 0;
    std::int64_t layers = 0;
    std::int64_t hidden_size = 0;
    std::int64_t vocab_size = 0;
    std::int64_t context_length = 0;
    std::string device;
    std::string dtype;
    std::int64_t weight_bytes = 0;    ///< as held in memory
    std::int64_t packable_values = 0; ///< of parameters that lie quantized in its file and can stay so
    std::int64_t packable_bytes = 0;  ///< what those take there
    bool packed = false;              ///< whether any weight lies packed in memory
    std::int64_t kept_values = 0;     ///< see Model::kept_values()
    bool has_chat_template = false;
    std::vector<LinearInfo> linears;
    std::int64_t inner_head = 0; ///< values of a classifier's head before its last linear
    std::string made = {};       ///< to what its linears were quantized as it opened: "nf4", "int8"
};

} // namespace lora
