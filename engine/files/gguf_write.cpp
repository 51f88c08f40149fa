#include "engine/files/gguf_write.h"

#include "engine/error.h"
#include "engine/files/bytes.h"

#include <bit>
#include <cstring>

namespace lora {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr std::size_t alignment = 32;

// Source: gguf_metadata_value_type in ggml's docs/gguf.md.
enum WrittenType : std::uint32_t { Uint32 = 4, Float32 = 6, String = 8 };
constexpr std::uint32_t f32_type = 0;

template <typename Number>
void put(std::string& bytes, Number number) {
    char raw[sizeof number];
    std::memcpy(raw, &number, sizeof number);
    bytes.append(raw, sizeof number);
}

void put(std::string& bytes, const std::string& text) {
    put(bytes, static_cast<std::uint64_t>(text.size()));
    bytes += text;
}

struct PutField {
    std::string& bytes;
    void operator()(const std::string& text) const {
        put(bytes, std::uint32_t{String});
        put(bytes, text);
    }
    void operator()(float number) const {
        put(bytes, std::uint32_t{Float32});
        put(bytes, number);
    }
    void operator()(std::uint32_t number) const {
        put(bytes, std::uint32_t{Uint32});
        put(bytes, number);
    }
};

std::size_t padded(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }

} // namespace

std::string gguf_bytes(
    const std::vector<std::pair<std::string, GgufField>>& metadata, const std::vector<GgufValues>& tensors) {
    std::string bytes = "GGUF";
    put(bytes, std::uint32_t{3});
    put(bytes, static_cast<std::uint64_t>(tensors.size()));
    put(bytes, static_cast<std::uint64_t>(metadata.size()));
    for (const auto& [key, field] : metadata) {
        put(bytes, key);
        std::visit(PutField{bytes}, field);
    }
    std::size_t offset = 0;
    for (const GgufValues& tensor : tensors) {
        const auto size = checked_size(tensor.shape, sizeof(float));
        if (!size || *size != tensor.values.size_bytes())
            fail("tensor '" + shown(tensor.name) + "'", std::to_string(tensor.values.size()) + " values",
                "as many as " + shape_text(tensor.shape) + " takes");
        put(bytes, tensor.name);
        put(bytes, static_cast<std::uint32_t>(tensor.shape.size()));
        for (auto extent = tensor.shape.rbegin(); extent != tensor.shape.rend(); ++extent)
            put(bytes, static_cast<std::uint64_t>(*extent));
        put(bytes, f32_type);
        put(bytes, static_cast<std::uint64_t>(offset));
        offset += padded(tensor.values.size_bytes());
    }
    bytes.resize(padded(bytes.size()), '\0');
    for (const GgufValues& tensor : tensors) {
        const auto raw = std::as_bytes(tensor.values);
        bytes.append(reinterpret_cast<const char*>(raw.data()), raw.size());
        bytes.resize(padded(bytes.size()), '\0');
    }
    return bytes;
}

} // namespace lora
