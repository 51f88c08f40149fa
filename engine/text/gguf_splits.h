#pragma once
// The ways of splitting a text that the pre-tokenizers of GGUF files stand for. Source: llama.cpp's table of
// patterns, and the tokenizer.json of the models.

#include "engine/text/pre_tokenizer.h"

#include <string>
#include <vector>

namespace lora {

enum class GgufSplits {
    Gpt2,
    Digits,
    Llama3,
    Qwen2,
    Default,
    Falcon,
    Bloom,
    Viking,
    Tekken,
    Gpt4o,
    Qwen35,
    DeepSeekCoder,
    DeepSeek3,
    Bailing,
    SeedCoder,
    SuperBpe,
    ExaoneMoe,
    MiniCpm5,
};

/// The steps of one of them. `where` names file and key, for a message.
std::vector<SplitStep> steps_of(GgufSplits splits, const std::string& where);

} // namespace lora
