#pragma once
// tokenizer.json's normalizer, pre_tokenizer, post_processor and decoder as the steps that we know.
// Everything else is refused by its type's name.

#include "engine/files/json.h"
#include "engine/text/decoder.h"
#include "engine/text/normalizers.h"
#include "engine/text/pre_tokenizer.h"

#include <optional>
#include <string>
#include <vector>

namespace lora {

/// In all four, `value` may be null: nothing is done then. `where` names file and field. All throw Error.
Normalizer normalizer_from_json(const Json* value, const std::string& where);

struct JsonPreTokenizer {
    std::vector<SplitStep> steps;
    bool byte_level = false; ///< pieces are looked up in the byte-level alphabet
};
JsonPreTokenizer pre_tokenizer_from_json(const Json* value, const std::string& where);

TokenDecoder decoder_from_json(const Json* value, const std::string& where);

/// The special tokens that a post-processor puts around two texts, by their names; see PairFrame.
struct PairTokens {
    std::vector<std::string> before, between, behind;
    std::optional<std::size_t> first_type = {};
};

/// The special tokens that a post-processor puts around a text, by their names; empty: none.
struct FrameTokens {
    std::string first;
    std::string last;
    std::optional<PairTokens> pair = {}; ///< none where it says nothing of two texts, or turns them round
    bool trims_spaces = false; ///< spaces around a token do not count where tokens are placed in the text
};
FrameTokens frame_tokens_from_json(const Json* value, const std::string& where);

/// A `{"String": …}` or `{"Regex": …}`: the text to find as it is, or the expression.
std::variant<std::string, Pattern> pattern_from_json(const JsonFields& owner);

/// The list under `key`. Throws Error if it is absent or no list.
const Json& list_of(const JsonFields& owner, const std::string& key);

/// Throws Error for more steps than most_steps.
void check_steps(std::size_t steps, const std::string& where);

} // namespace lora
