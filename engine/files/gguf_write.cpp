#include "engine/files/gguf_write.h"

#include "engine/error.h"
#include "engine/files/bytes.h"

#include <bit>
#include <cstring>

namespace lora {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr std::uint64_t alignment = 32;

// Source: gguf_metadata_value_type in ggml's docs/gguf.md.
enum WrittenType : std::uint32_t { Uint32 = 4, Int32 = 5, Float32 = 6, Boolean = 7, String = 8, Array = 9 };

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

template <typename Item>
void put_list(std::string& bytes, WrittenType type, const std::vector<Item>& items) {
    put(bytes, std::uint32_t{Array});
    put(bytes, std::uint32_t{type});
    put(bytes, static_cast<std::uint64_t>(items.size()));
    for (const Item& item : items) put(bytes, item);
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
    void operator()(bool yes) const {
        put(bytes, std::uint32_t{Boolean});
        put(bytes, static_cast<std::uint8_t>(yes ? 1 : 0));
    }
    void operator()(const std::vector<std::string>& texts) const { put_list(bytes, String, texts); }
    void operator()(const std::vector<float>& numbers) const { put_list(bytes, Float32, numbers); }
    void operator()(const std::vector<std::int32_t>& numbers) const { put_list(bytes, Int32, numbers); }
    void operator()(const RawGgufValue& value) const {
        bytes.append(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
    }
};

std::uint64_t padded(std::uint64_t size) { return (size + alignment - 1) / alignment * alignment; }

} // namespace

std::uint64_t gguf_tensor_bytes(const GgufPlan& tensor) {
    const std::string place = "tensor '" + shown(tensor.name) + "'";
    const BlockLayout block = layout(tensor.type);
    std::vector<std::int64_t> blocks = tensor.shape;
    if (!blocks.empty()) {
        if (blocks.back() % block.values != 0)
            fail(place, "rows of " + std::to_string(blocks.back()) + " values",
                "a multiple of " + std::to_string(block.values) + " for " + std::string(block.name));
        blocks.back() /= block.values;
    }
    const auto size = checked_size(blocks, block.size_bytes);
    if (!size) fail(place, "shape " + shape_text(tensor.shape), "one whose size fits into 63 bits");
    return *size;
}

std::string gguf_padding(std::uint64_t size_bytes) {
    return std::string(padded(size_bytes) - size_bytes, '\0');
}

GgufHead gguf_head(const GgufFields& metadata, const std::vector<GgufPlan>& tensors) {
    GgufHead head{.bytes = "GGUF"};
    std::string& bytes = head.bytes;
    put(bytes, std::uint32_t{3});
    put(bytes, static_cast<std::uint64_t>(tensors.size()));
    put(bytes, static_cast<std::uint64_t>(metadata.size()));
    for (const auto& [key, field] : metadata) {
        put(bytes, key);
        std::visit(PutField{bytes}, field);
    }
    std::uint64_t offset = 0;
    for (const GgufPlan& tensor : tensors) {
        put(bytes, tensor.name);
        put(bytes, static_cast<std::uint32_t>(tensor.shape.size()));
        for (auto extent = tensor.shape.rbegin(); extent != tensor.shape.rend(); ++extent)
            put(bytes, static_cast<std::uint64_t>(*extent));
        put(bytes, ggml_type(tensor.type));
        put(bytes, offset);
        const auto next = checked_add(offset, padded(gguf_tensor_bytes(tensor)));
        if (!next) fail("the tensors", "more than 2^64 bytes", "a file that a disk can hold");
        offset = *next;
    }
    bytes += gguf_padding(bytes.size());
    head.file_bytes = bytes.size() + offset;
    return head;
}

std::string gguf_bytes(const GgufFields& metadata, const std::vector<GgufValues>& tensors) {
    std::vector<GgufPlan> plans;
    for (const GgufValues& tensor : tensors) {
        plans.push_back({tensor.name, BlockType::F32, tensor.shape});
        if (gguf_tensor_bytes(plans.back()) != tensor.values.size_bytes())
            fail("tensor '" + shown(tensor.name) + "'", std::to_string(tensor.values.size()) + " values",
                "as many as " + shape_text(tensor.shape) + " takes");
    }
    std::string bytes = gguf_head(metadata, plans).bytes;
    for (const GgufValues& tensor : tensors) {
        const auto raw = std::as_bytes(tensor.values);
        bytes.append(reinterpret_cast<const char*>(raw.data()), raw.size());
        bytes += gguf_padding(raw.size());
    }
    return bytes;
}

} // namespace lora
