#include "engine/text/text_frame.h"

#include "engine/text/named_tokens.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lora {

namespace {

/// Whether the model is told which text of a pair a token is of, as far as tokenizer_config.json says.
bool tells_types(const JsonFields& config) {
    const std::vector<std::string> inputs = config.strings("model_input_names");
    return inputs.empty() || std::find(inputs.begin(), inputs.end(), "token_type_ids") != inputs.end();
}

std::optional<PairFrame> pair_frame_of(
    const TokenizerParts& parts, const JsonFields& config, const std::optional<PairTokens>& tokens) {
    if (!tokens) {
        return std::nullopt;
    }
    PairFrame frame;
    const std::pair<const std::vector<std::string>*, std::vector<TokenId>*> sides[] = {
        {&tokens->before, &frame.before}, {&tokens->between, &frame.between},
        {&tokens->behind, &frame.behind}};
    for (const auto& [names, ids] : sides) {
        for (const std::string& name : *names) {
            const auto id = id_of(parts, name);
            if (!id) {
                return std::nullopt;
            }
            ids->push_back(*id);
        }
    }
    if (tells_types(config)) {
        frame.first_type = tokens->first_type;
    }
    return frame;
}

} // namespace

void set_frame(TokenizerParts& parts, const JsonFields& config, const FrameTokens& frame) {
    const auto begins_with = id_of(parts, frame.first);
    if (!parts.bos) {
        parts.bos = begins_with;
    }
    if (config.has("add_bos_token") || config.has("add_eos_token")) {
        parts.adds_bos = parts.bos && config.boolean_or("add_bos_token", false);
        parts.closing = config.boolean_or("add_eos_token", false) ? parts.eos : std::nullopt;
    } else {
        parts.adds_bos = parts.bos && begins_with == parts.bos;
        parts.closing = id_of(parts, frame.last);
    }
    parts.pair_frame = pair_frame_of(parts, config, frame.pair);
}

} // namespace lora
