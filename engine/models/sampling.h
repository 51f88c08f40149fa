#pragma once
// Which token comes next, by the scores that a model gives all of them.
// Sources: Fan et al. 2018 (top-k); Holtzman et al. 2020 (top-p); Nguyen et al. 2024 (min-p); Keskar et al.
// 2019 (repetition penalty). In the order that transformers applies them.

#include "engine/run_settings/generation_settings.h"
#include "engine/text/tokenizer.h"

#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace lora {

/// The next token. scores [V], `text`: all tokens before it.
TokenId choose_token(const at::Tensor& scores, const std::vector<TokenId>& text,
    const GenerationSettings& settings, const at::Generator& random);

} // namespace lora
