// Files of tensors: every one that is accepted has its bytes looked at, and its quantized blocks unpacked.

#include "engine/files/gguf.h"
#include "engine/files/gguf_metadata.h"
#include "engine/files/safetensors.h"
#include "engine/files/safetensors_header.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/readers.h"

#include <algorithm>

namespace lora::fuzz {

namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void unpack(const GgufTensor& tensor) {
    constexpr std::size_t most_blocks = 64;
    const BlockLayout block = layout(tensor.type);
    const std::size_t blocks = std::min(tensor.bytes.size() / block.size_bytes, most_blocks);
    std::vector<float> values(blocks * static_cast<std::size_t>(block.values));
    dequantize(tensor.type, tensor.bytes.first(blocks * block.size_bytes), values);
}

} // namespace

void read_safetensors(std::string_view bytes) {
    const std::string path = input_folder().write("model.safetensors", bytes);
    refusable([&] {
        const SafetensorsFile file(path);
        for (const TensorView& tensor : file.tensors()) {
            look_at(text_of(tensor.bytes));
            if (file.find(tensor.name) != &tensor)
                throw std::logic_error("a tensor is not found by its name");
        }
        // What was read can be written, and is read as the same again.
        const std::string again =
            input_folder().write("again.safetensors", safetensors_bytes(file.tensors(), file.metadata()));
        const SafetensorsFile same(again);
        if (same.tensors().size() != file.tensors().size() || same.metadata() != file.metadata())
            throw std::logic_error("a file is not read as it was written");
    });
}

void read_safetensors_header_text(std::string_view bytes) {
    refusable([&] { parse_safetensors_header(bytes, "header"); });
}

void read_gguf(std::string_view bytes) {
    const std::string path = input_folder().write("model.gguf", bytes);
    refusable([&] {
        const GgufFile file(path);
        for (const auto& [key, value] : file.metadata()) look_at(described(value));
        for (const GgufTensor& tensor : file.tensors()) {
            look_at(text_of(tensor.bytes));
            unpack(tensor);
        }
    });
}

} // namespace lora::fuzz
