#include "engine/files/safetensors.h"

#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/files/safetensors_header.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace lora {

namespace {

// The format allows 100 MB; no model known has a fiftieth. While it is read, a header takes some three times
// its size.
constexpr std::uint64_t header_limit_bytes = 25'000'000;

struct ElementLayout {
    std::string_view name;
    std::size_t size_bytes;
};

constexpr std::array<ElementLayout, 15> element_layouts = {
    {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8}, {"I32", 4}, {"I16", 2}, {"I8", 1},
        {"U8", 1}, {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"U16", 2}, {"U32", 4}, {"U64", 8}}};

std::string_view header_text(ByteReader& reader) {
    const auto length = reader.number<std::uint64_t>("length of the header");
    if (length > header_limit_bytes)
        fail(reader.file(), "a header of " + std::to_string(length) + " bytes",
            "at most " + std::to_string(header_limit_bytes), "is this a safetensors file?");
    const auto header = reader.take(length, "header");
    const std::string_view text(reinterpret_cast<const char*>(header.data()), header.size());
    if (!text.starts_with('{'))
        fail(reader.file() + ": header", "'" + shown(text, 20) + "'", "a JSON object from its first byte on");
    return text;
}

std::string tensor_place(const std::string& file, const std::string& name) {
    return file + ": tensor '" + shown(name) + "'";
}

/// Every tensor begins where the one before it ends and is as long as its shape says.
void check_ranges(std::vector<SafetensorsEntry>& entries, std::uint64_t data_bytes, const std::string& file) {
    std::sort(entries.begin(), entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    std::uint64_t end = 0;
    for (const SafetensorsEntry& entry : entries) {
        const std::string place = tensor_place(file, entry.name);
        if (entry.begin != end)
            fail(place, "data from byte " + std::to_string(entry.begin) + " on",
                "from byte " + std::to_string(end) + " on, without hole or overlap");
        if (entry.end < entry.begin || entry.end > data_bytes)
            fail(place, "data from byte " + std::to_string(entry.begin) + " to " + std::to_string(entry.end),
                "an end inside the " + std::to_string(data_bytes) + " bytes of data",
                "the file is cut off or damaged");
        const auto size = checked_size(entry.shape, size_bytes(entry.type));
        if (!size || *size != entry.end - entry.begin)
            fail(place, std::to_string(entry.end - entry.begin) + " bytes of data",
                (size ? std::to_string(*size) + " bytes" : "more than 2^63 bytes") + " for "
                    + std::string(name(entry.type)) + " " + shape_text(entry.shape));
        end = entry.end;
    }
    if (end != data_bytes)
        fail(file, std::to_string(data_bytes) + " bytes of data",
            std::to_string(end) + " bytes, all of them in tensors");
}

} // namespace

std::size_t size_bytes(ElementType type) {
    return element_layouts[static_cast<std::size_t>(type)].size_bytes;
}

std::string_view name(ElementType type) { return element_layouts[static_cast<std::size_t>(type)].name; }

SafetensorsFile::SafetensorsFile(const std::string& path) : file_(path) {
    ByteReader reader(file_.bytes(), path);
    SafetensorsHeader header = parse_safetensors_header(header_text(reader), path);
    const auto data = reader.take(reader.left(), "data");
    check_ranges(header.entries, data.size(), path);
    tensors_.reserve(header.entries.size());
    for (SafetensorsEntry& entry : header.entries) {
        const auto bytes = data.subspan(entry.begin, entry.end - entry.begin);
        tensors_.push_back({std::move(entry.name), entry.type, std::move(entry.shape), bytes});
    }
    std::sort(tensors_.begin(), tensors_.end(),
        [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
    metadata_ = std::move(header.metadata);
}

const TensorView* SafetensorsFile::find(std::string_view name) const {
    const auto at = std::lower_bound(tensors_.begin(), tensors_.end(), name,
        [](const TensorView& tensor, std::string_view wanted) { return tensor.name < wanted; });
    return at != tensors_.end() && at->name == name ? &*at : nullptr;
}

} // namespace lora
