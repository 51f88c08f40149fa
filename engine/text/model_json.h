#pragma once
// tokenizer.json's model: what turns pieces into ids.

#include "engine/files/json.h"
#include "engine/text/tokenizer_parts.h"

namespace lora {

/// Whether the model can look the bytes of a piece up in the byte-level alphabet by itself. Others must be
/// given the alphabet's characters.
bool takes_bytes(const JsonFields& model);

/// `byte_level`: pieces are bytes, for a model that takes_bytes(). Throws Error for a model that is not
/// known, ids that are out of range or come twice, merges of tokens that are not there.
TokenModel model_from_json(const JsonFields& model, bool byte_level);

/// Whether ids stay the same when a piece is cut before every space_mark that stands behind another
/// character: no merge goes over such a place. Words can be remembered then, which whole texts cannot.
bool words_can_be_apart(const TokenModel& model, bool byte_level);

} // namespace lora
