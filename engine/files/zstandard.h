#pragma once
// Zstandard files (RFC 8878) through libzstd, of one frame or several.

#include "engine/files/compression.h"

namespace lora {

/// The bytes outlive the stream. A frame whose window is more than 128 MB is refused.
std::unique_ptr<ByteStream> open_zstandard(std::string_view bytes, const std::string& path);

} // namespace lora
