#pragma once
// Values as the JSON that Python's json.dumps writes, which transformers gives templates as `tojson`.

#include "engine/templates/value.h"

#include <string>

namespace lora::jinja {

struct JsonStyle {
    bool ensure_ascii = false;
    bool sort_keys = false;
    bool indented = false;
    std::string indent; ///< of one level
    std::string item_separator = ", ";
    std::string key_separator = ": ";
};

/// Throws Refusal for what JSON cannot say, and where the budget ends.
std::string to_json(const Value& value, const JsonStyle& style, Budget& budget);

} // namespace lora::jinja
