#pragma once
// What tokenizer.ggml.pre means: GGUF names the pre-tokenizer of the original tokenizer and leaves its
// pattern out. Source: the names that llama.cpp's converter writes, and the tokenizer.json of the models they
// stand for.

#include "engine/text/normalizers.h"
#include "engine/text/pre_tokenizer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

struct GgufPreTokenizer {
    std::vector<NormalizerStep> normalizer;
    std::vector<SplitStep> steps;
    bool ignore_merges = false;
    bool adds_bos = false; ///< where the file does not say
};

/// The name of one that splits as this does and treats pieces that are tokens in the same way; none: GGUF has
/// no word for it. Compared by what they make of a text with all that patterns tell apart.
std::optional<std::string_view> gguf_pre_tokenizer_name(const PreTokenizer& splits, bool ignore_merges);

/// A text that tells the pre-tokenizers apart, of composed characters alone.
std::string_view telling_text();

/// `where` names file and key. Throws Error with the list of known names for any other.
GgufPreTokenizer gguf_pre_tokenizer(std::string_view name, const std::string& where);

} // namespace lora
