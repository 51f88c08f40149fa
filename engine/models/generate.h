#pragma once
// Prompt → tokens, one by one, with keys, values and states kept between them.

#include "engine/models/model.h"
#include "engine/models/sampling.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <optional>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace lora {

/// How likely a token was, by the model's own scores.
struct LikelyToken {
    TokenId token = 0;
    double probability = 0;
};

struct TokenChances {
    LikelyToken said;
    std::vector<LikelyToken> likeliest; ///< descending
};

/// One text in the making. The model must outlive it.
class Generation {
public:
    /// Throws Error for a classifier, for an empty prompt and for one longer than the model's context.
    Generation(const Model& model, std::vector<TokenId> prompt, std::vector<TokenId> ends,
        GenerationSettings settings);

    /// The next token; none at any of the end tokens, after max_new_tokens, or where the context is full.
    std::optional<TokenId> next();
    /// Of the token that next() gave last, and of so many of the likeliest in its place.
    TokenChances chances(std::int64_t count) const;

private:
    const Model& model_;
    std::vector<TokenId> ends_;
    GenerationSettings settings_;
    at::Generator random_;
    KeyValueCache cache_;
    std::vector<TokenId> text_;   ///< the prompt and what was made
    std::vector<TokenId> unread_; ///< tokens the model has not seen yet
    at::Tensor scores_;           ///< [V] of the last token
    std::int64_t made_ = 0;
};

} // namespace lora
