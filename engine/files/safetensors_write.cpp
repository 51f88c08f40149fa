// The bytes of a safetensors file that is to be written. Declared in safetensors.h.

#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/files/safetensors.h"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

namespace lora {

namespace {

using OrderedJson = nlohmann::ordered_json;

/// The reference writer puts the types in this order, so that wide elements come first and stay aligned.
int order(ElementType type) {
    using enum ElementType;
    static constexpr ElementType types[] = {I64, F64, F32, I32, BF16, F16, I16, I8, U8, Bool};
    return static_cast<int>(std::find(std::begin(types), std::end(types), type) - std::begin(types));
}

std::vector<const TensorView*> in_file_order(const std::vector<TensorView>& tensors) {
    std::vector<const TensorView*> sorted;
    for (const TensorView& tensor : tensors) {
        const auto size = checked_size(tensor.shape, size_bytes(tensor.type));
        if (!size || *size != tensor.bytes.size())
            fail("tensor '" + shown(tensor.name) + "'", std::to_string(tensor.bytes.size()) + " bytes",
                "as many as " + std::string(name(tensor.type)) + " " + shape_text(tensor.shape) + " takes");
        sorted.push_back(&tensor);
    }
    std::sort(sorted.begin(), sorted.end(), [](const TensorView* a, const TensorView* b) {
        return std::tuple(order(a->type), std::string_view(a->name))
               < std::tuple(order(b->type), std::string_view(b->name));
    });
    return sorted;
}

std::string header_of(
    const std::vector<const TensorView*>& tensors, const std::map<std::string, std::string>& metadata) {
    std::vector<std::pair<const std::string, OrderedJson>> entries;
    if (!metadata.empty()) entries.emplace_back("__metadata__", metadata);
    std::uint64_t begin = 0;
    for (const TensorView* tensor : tensors) {
        const std::uint64_t end = begin + tensor->bytes.size();
        entries.emplace_back(tensor->name, OrderedJson{{"dtype", name(tensor->type)},
                                               {"shape", tensor->shape}, {"data_offsets", {begin, end}}});
        begin = end;
    }
    std::string text = "{";
    for (const auto& [name, value] : entries)
        text += (text.size() > 1 ? "," : "") + OrderedJson(name).dump() + ":" + value.dump();
    text += '}';
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

void check_names(const std::vector<TensorView>& tensors) {
    std::vector<std::string_view> names;
    for (const TensorView& tensor : tensors) names.push_back(tensor.name);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end())
        fail("tensor '" + shown(*twice) + "'", "the name a second time", "every name once");
    if (std::binary_search(names.begin(), names.end(), "__metadata__"))
        fail("tensor '__metadata__'", "the name of the metadata", "another name");
}

} // namespace

std::vector<std::string_view> SafetensorsPieces::all() const {
    std::vector<std::string_view> pieces{head};
    pieces.insert(pieces.end(), data.begin(), data.end());
    return pieces;
}

SafetensorsPieces safetensors_pieces(
    const std::vector<TensorView>& tensors, const std::map<std::string, std::string>& metadata) {
    check_names(tensors);
    const auto sorted = in_file_order(tensors);
    std::string header;
    try {
        header = header_of(sorted, metadata);
    } catch (const OrderedJson::type_error&) {
        throw Error("safetensors: found a tensor name or metadata that is not UTF-8, expected UTF-8");
    }
    const std::uint64_t length = header.size();
    SafetensorsPieces pieces;
    pieces.head.append(reinterpret_cast<const char*>(&length), sizeof length).append(header);
    for (const TensorView* tensor : sorted)
        pieces.data.emplace_back(reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size());
    return pieces;
}

std::string safetensors_bytes(
    const std::vector<TensorView>& tensors, const std::map<std::string, std::string>& metadata) {
    const SafetensorsPieces pieces = safetensors_pieces(tensors, metadata);
    std::string file;
    for (const std::string_view piece : pieces.all()) file += piece;
    return file;
}

} // namespace lora
