#pragma once
// Rows of single tokens that were trained beside the updates, and the tokens among them that are new: what
// PEFT calls trainable_token_indices, and its files' tensors of them,
// "….token_adapter.trainable_tokens_delta", which hold the rows themselves and no difference. Source:
// huggingface/peft, tuners/trainable_tokens/layer.py and utils/other.py (TrainableTokensWrapper).

#include "engine/files/json.h"
#include "engine/files/safetensors.h"
#include "engine/models/safetensors_tensors.h"
#include "engine/models/token_rows.h"
#include "engine/text/added_tokens.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

namespace lora {

struct TrainedTokens {
    TokenRows rows;
    /// What the adapter's tokenizer has as added of the rows' tokens, and behind them.
    std::vector<AddedToken> added;
    std::string embedding = "model.embed_tokens"; ///< the modules that the rows are of
    std::string head = "lm_head";

    std::int64_t parameters() const;
    /// The rows, to train or to move.
    std::vector<at::Tensor*> tensors();
};

/// Whether a tensor of an adapter's file holds such rows, or the table that they are of.
bool is_token_tensor(std::string_view name);

/// Those of an adapter's folder, by its adapter_config.json, tensors (whose names begin with `prefix`) and,
/// for the new tokens' texts, tokenizer.json; none where the configuration names no token. Float32 on
/// `device`. Throws Error for any fault of these.
std::optional<TrainedTokens> read_tokens(const JsonFields& config, const SafetensorsFile& file,
    const std::string& folder, std::string_view prefix, const at::Device& device);

/// The tensors as PEFT's file has them.
std::vector<NamedTensor> token_tensors(const TrainedTokens& tokens, std::string_view prefix);
/// The configuration's field: a list, or where the head has rows of its own an object of two.
Json trainable_token_indices(const TrainedTokens& tokens);

} // namespace lora
