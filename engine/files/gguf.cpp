#include "engine/files/gguf.h"

#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/files/gguf_metadata.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace lora {

namespace {

constexpr std::uint64_t keys_limit = 65'536;
constexpr std::uint64_t tensors_limit = 131'072; // some 400 bytes each; models known have a few thousand
constexpr std::uint64_t name_limit_bytes = 65'535;
constexpr std::uint32_t dims_limit = 4;
constexpr std::int64_t alignment_limit = 1 << 20;
// What one entry takes at least: a key's length, type and one byte; a name's length, n_dims, type, offset.
constexpr std::uint64_t key_bytes = 13;
constexpr std::uint64_t tensor_bytes = 24;

/// A tensor as the file declares it.
struct Declared {
    GgufTensor tensor;
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
};

std::string tensor_place(const ByteReader& reader, const std::string& name) {
    return reader.file() + ": tensor '" + shown(name) + "'";
}

struct Counts {
    std::uint64_t tensors;
    std::uint64_t keys;
};

Counts read_head(ByteReader& reader) {
    const auto magic = reader.take(4, "magic");
    if (const std::string_view text(reinterpret_cast<const char*>(magic.data()), 4); text != "GGUF")
        fail(
            reader.file(), "a file that begins with '" + shown(text) + "'", "'GGUF'", "is this a GGUF file?");
    const auto version = reader.number<std::uint32_t>("version");
    if (version == 0x0200'0000 || version == 0x0300'0000)
        fail(reader.file(), "a big-endian GGUF file", "a little-endian one");
    if (version != 2 && version != 3)
        fail(reader.file(), "GGUF version " + std::to_string(version), "version 2 or 3");
    const auto tensors = reader.number<std::uint64_t>("number of tensors");
    const auto keys = reader.number<std::uint64_t>("number of keys");
    if (tensors > tensors_limit)
        fail(reader.file(), std::to_string(tensors) + " tensors", "at most " + std::to_string(tensors_limit));
    if (keys > keys_limit)
        fail(reader.file(), std::to_string(keys) + " keys", "at most " + std::to_string(keys_limit));
    reader.require(keys, key_bytes, "keys");
    reader.require(tensors, tensor_bytes, "tensors");
    return {tensors, keys};
}

std::vector<std::int64_t> read_shape(ByteReader& reader, const std::string& place) {
    const auto dims = reader.number<std::uint32_t>("number of dimensions");
    if (dims > dims_limit)
        fail(place, std::to_string(dims) + " dimensions", "at most " + std::to_string(dims_limit));
    std::vector<std::int64_t> shape(dims);
    for (auto extent = shape.rbegin(); extent != shape.rend(); ++extent) {
        const auto size = reader.number<std::uint64_t>("shape");
        if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            fail(place, "a dimension of " + std::to_string(size), "one below 2^63");
        *extent = static_cast<std::int64_t>(size);
    }
    return shape;
}

BlockType read_type(ByteReader& reader, const std::string& place) {
    const auto number = reader.number<std::uint32_t>("type");
    const auto type = block_type(number);
    if (!type)
        fail(place, ggml_type_name(number) + ", which is not read",
            "one of F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K");
    return *type;
}

Declared read_tensor(ByteReader& reader) {
    Declared declared;
    declared.tensor.name = read_gguf_string(reader, name_limit_bytes, "name of a tensor");
    const std::string place = tensor_place(reader, declared.tensor.name);
    declared.tensor.shape = read_shape(reader, place);
    declared.tensor.type = read_type(reader, place);
    declared.offset = reader.number<std::uint64_t>("offset");

    const auto& shape = declared.tensor.shape;
    const BlockLayout block = layout(declared.tensor.type);
    const std::int64_t row = shape.empty() ? 1 : shape.back();
    if (row % block.values != 0)
        fail(place, "rows of " + std::to_string(row) + " values",
            "a multiple of " + std::to_string(block.values) + " for " + std::string(block.name));
    std::vector<std::int64_t> blocks = shape;
    if (!blocks.empty()) blocks.back() /= block.values;
    const auto size = checked_size(blocks, block.size_bytes);
    // Whoever unpacks it counts in float32.
    if (!size || !checked_size(shape, sizeof(float)))
        fail(place, "shape " + shape_text(shape), "one whose size fits into 63 bits");
    declared.size_bytes = *size;
    return declared;
}

std::uint64_t read_alignment(const GgufFile& file) {
    const std::int64_t alignment = file.integer_or("general.alignment", 32, 1, alignment_limit);
    if ((alignment & (alignment - 1)) != 0)
        fail(file.path() + ": key 'general.alignment'", std::to_string(alignment), "a power of two");
    return static_cast<std::uint64_t>(alignment);
}

/// Every tensor lies inside the data, at an aligned offset, apart from every other.
void check_ranges(std::vector<Declared>& tensors, std::uint64_t data_bytes, std::uint64_t alignment,
    const ByteReader& reader) {
    std::sort(tensors.begin(), tensors.end(), [](const Declared& a, const Declared& b) {
        return std::pair(a.offset, a.size_bytes) < std::pair(b.offset, b.size_bytes);
    });
    std::uint64_t end = 0;
    for (const Declared& declared : tensors) {
        const std::string place = tensor_place(reader, declared.tensor.name);
        const auto tensor_end = checked_add(declared.offset, declared.size_bytes);
        if (!tensor_end || *tensor_end > data_bytes)
            fail(place,
                std::to_string(declared.size_bytes) + " bytes at offset " + std::to_string(declared.offset),
                "a range inside the " + std::to_string(data_bytes) + " bytes of data",
                "the file is cut off or damaged");
        if (declared.offset % alignment != 0)
            fail(place, "offset " + std::to_string(declared.offset),
                "a multiple of " + std::to_string(alignment));
        if (declared.offset < end)
            fail(place, "offset " + std::to_string(declared.offset),
                "at least " + std::to_string(end) + ", where another tensor ends");
        end = *tensor_end;
    }
}

/// The bytes after the header and its padding; a file without tensors may end before it.
std::span<const std::byte> data_section(ByteReader& reader, std::uint64_t alignment) {
    const std::uint64_t padding = (alignment - reader.position() % alignment) % alignment;
    reader.take(std::min(padding, reader.left()), "padding");
    return reader.take(reader.left(), "data");
}

} // namespace

GgufFile::GgufFile(const std::string& path) : file_(path) {
    ByteReader reader(file_.bytes(), path);
    const Counts counts = read_head(reader);
    GgufMetadata metadata = read_gguf_metadata(reader, counts.keys);
    metadata_ = std::move(metadata.values);
    raw_ = std::move(metadata.raw);
    std::vector<Declared> declared;
    for (std::uint64_t i = 0; i < counts.tensors; ++i) declared.push_back(read_tensor(reader));
    const std::uint64_t alignment = read_alignment(*this);
    const auto data = data_section(reader, alignment);
    check_ranges(declared, data.size(), alignment, reader);

    for (Declared& one : declared) {
        one.tensor.bytes = data.subspan(one.offset, one.size_bytes);
        tensors_.push_back(std::move(one.tensor));
    }
    std::sort(tensors_.begin(), tensors_.end(),
        [](const GgufTensor& a, const GgufTensor& b) { return a.name < b.name; });
    const auto twice = std::adjacent_find(tensors_.begin(), tensors_.end(),
        [](const GgufTensor& a, const GgufTensor& b) { return a.name == b.name; });
    if (twice != tensors_.end())
        fail(tensor_place(reader, twice->name), "the name a second time", "every name once");
}

const GgufTensor* GgufFile::find(std::string_view name) const {
    const auto at = std::lower_bound(tensors_.begin(), tensors_.end(), name,
        [](const GgufTensor& tensor, std::string_view wanted) { return tensor.name < wanted; });
    return at != tensors_.end() && at->name == name ? &*at : nullptr;
}

} // namespace lora
