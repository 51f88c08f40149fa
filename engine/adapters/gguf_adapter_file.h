#pragma once
// Where a GGUF adapter is written: over another adapter, never over a model.

#include <string>
#include <string_view>

namespace lora {

/// Throws Error where another file lies at `path` than a GGUF adapter.
void write_gguf_adapter(const std::string& path, std::string_view bytes);

} // namespace lora
