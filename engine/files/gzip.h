#pragma once
// gzip files (RFC 1952) through zlib, of one member or several.

#include "engine/files/compression.h"

namespace lora {

/// The bytes outlive the stream. Zeros behind the last member, as tapes leave them, are passed over.
std::unique_ptr<ByteStream> open_gzip(std::string_view bytes, const std::string& path);

} // namespace lora
