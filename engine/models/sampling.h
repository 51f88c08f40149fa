#pragma once
// Which token comes next, by the scores that a model gives all of them.
// Sources: Fan et al. 2018 (top-k); Holtzman et al. 2020 (top-p); Nguyen et al. 2024 (min-p); Keskar et al.
// 2019 (repetition penalty). In the order that transformers applies them.

#include "engine/text/tokenizer.h"

#include <cstdint>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace lora {

struct GenerationSettings {
    std::int64_t max_new_tokens = 128;
    double temperature = 0;        ///< 0: the likeliest token
    std::int64_t top_k = 0;        ///< only so many of the likeliest are drawn from; 0: all
    double top_p = 1;              ///< only the likeliest that together have this probability; 1: all
    double min_p = 0;              ///< only those with this share of the likeliest one's probability; 0: all
    double repetition_penalty = 1; ///< of the scores of tokens that are in the text already; 1: none
    std::uint64_t seed = 0;
    bool adapted = true; ///< whether the model's update counts
};

/// The next token. scores [V], `text`: all tokens before it.
TokenId choose_token(const at::Tensor& scores, const std::vector<TokenId>& text,
    const GenerationSettings& settings, const at::Generator& random);

} // namespace lora
